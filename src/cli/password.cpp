#include "cli/password.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "trust/key_file.h"

namespace pith::cli {

namespace {

constexpr std::size_t most_bytes = 4 * KiB;

// While it lives the terminal shows nothing of what is typed; an interrupt ends the reading rather than the program, so
// that the terminal is put right first.
class Hidden {
public:
    Hidden() {
        tcgetattr(STDIN_FILENO, &m_before);
        auto silent = m_before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silent.c_lflag |= ECHONL;
        struct sigaction interrupted{};
        interrupted.sa_handler = [](int) {};
        sigaction(SIGINT, &interrupted, &m_action);
        tcsetattr(STDIN_FILENO, TCSANOW, &silent);
    }
    ~Hidden() {
        tcsetattr(STDIN_FILENO, TCSANOW, &m_before);
        sigaction(SIGINT, &m_action, nullptr);
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;

private:
    termios m_before{};
    struct sigaction m_action{};
};

// Up to the end of the line, byte by byte: what follows is not ours.
Result<trust::Secret> read_line() {
    Bytes line;
    line.reserve(most_bytes);  // so that no copy of a part stays behind
    for (;;) {
        std::byte byte{};
        auto got = ::read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR) return fail(ErrorCode::usage, "interrupted");
        if (got < 0) return fail(ErrorCode::io, "the password could not be read from standard input");
        if (got == 0 && line.empty())
            return fail(ErrorCode::io,
                        "there is no password: set PITH_PASSWORD, or give it as a line of standard input");
        if (got == 0 || byte == std::byte{'\n'}) return trust::Secret(std::move(line));
        if (line.size() == most_bytes) return fail(ErrorCode::limit, "the password is longer than 4 KiB");
        line.push_back(byte);
    }
}

Result<trust::Secret> prompt(const char* text) {
    Hidden hidden;
    std::fputs(text, stderr);
    return read_line();
}

}  // namespace

Result<trust::Secret> ask_password(PasswordUse use) {
    for (const char* name : {"PITH_PASSWORD", "COSIGN_PASSWORD"})
        if (const char* value = std::getenv(name)) return trust::Secret(std::string_view(value));
    if (::isatty(STDIN_FILENO) != 1) return read_line();
    auto password = TRY(prompt("Password of the private key: "));
    if (use == PasswordUse::open) return password;
    auto again = TRY(prompt("The same again: "));
    if (!std::ranges::equal(password.bytes(), again.bytes()))
        return fail(ErrorCode::usage, "the two passwords differ; nothing was written");
    return password;
}

Result<trust::PrivateKey> read_key_file(const std::string& file) {
    constexpr std::uint64_t most_key = 64 * KiB;
    return context(
        trust::read_private_key(TRY(read_text(file, most_key)), [] { return ask_password(PasswordUse::open); }),
        fmt::format("'{}'", printable(file)));
}

}  // namespace pith::cli
