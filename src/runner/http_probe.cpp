// setns(2) into a user namespace is only allowed to a process with one thread, so a child does it. Between fork and
// _exit the child makes system calls only: another thread of the parent may have held any lock.
#include "runner/http_probe.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "base/text.h"

namespace pith::runner {

namespace {

constexpr std::size_t most_answer = 256 * KiB;

// Exit codes of the child.
enum Fault { none = 0, no_namespace = 1, no_connection = 2, no_answer = 3 };

struct Question {
    int process = -1;  // pidfd
    int port = 0;
    std::string text;
    unsigned seconds = 0;  // after which the child ends, should the parent not live to end it
};

Fault ask(const Question& question, int out) {
    ::alarm(question.seconds);
    const bool root = ::geteuid() == 0;
    if (::setns(question.process, root ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) != 0) return no_namespace;
    int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(question.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return no_connection;
    for (std::size_t sent = 0; sent < question.text.size();) {
        auto now = ::send(connection, question.text.data() + sent, question.text.size() - sent, MSG_NOSIGNAL);
        if (now <= 0) return no_answer;
        sent += static_cast<std::size_t>(now);
    }
    char buffer[16 * 1024];
    std::size_t kept = 0;
    while (kept < most_answer) {
        auto got = ::recv(connection, buffer, std::min(sizeof buffer, most_answer - kept), 0);
        if (got < 0) return no_answer;
        if (got == 0) break;
        if (::write(out, buffer, static_cast<std::size_t>(got)) != got) return no_answer;
        kept += static_cast<std::size_t>(got);
    }
    return none;
}

// What the child wrote until it closed its end or the time was over.
std::string collect(const Fd& from, std::chrono::steady_clock::time_point deadline) {
    std::string out;
    for (;;) {
        auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        pollfd waiting{from.get(), POLLIN, 0};
        if (left <= 0 ||
            (::poll(&waiting, 1, static_cast<int>(std::min<long long>(left, 60'000))) < 0 && errno != EINTR))
            return out;
        if (!waiting.revents) continue;
        char buffer[16 * 1024];
        auto got = ::read(from.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return out;
        out.append(buffer, static_cast<std::size_t>(got));
    }
}

// "HTTP/1.1 200 OK", header lines, an empty line, the body.
Result<HttpAnswer> parse(std::string_view answer) {
    auto line = answer.substr(0, answer.find("\r\n"));
    auto parts = words(line);
    auto status = parts.size() >= 2 && parts[0].starts_with("HTTP/1.") ? parse_number(parts[1]) : std::nullopt;
    if (!status || *status < 100 || *status > 999)
        return fail(ErrorCode::network, fmt::format("the answer is not HTTP: '{}'", printable(line, 80)));
    auto end = answer.find("\r\n\r\n");
    if (end == std::string_view::npos) return fail(ErrorCode::network, "the answer ends inside its header");
    return HttpAnswer{static_cast<int>(*status), std::string(answer.substr(end + 4))};
}

}  // namespace

Result<HttpAnswer> http_get(pid_t process, int port, const std::string& path, std::chrono::milliseconds limit) {
    const auto where = fmt::format("http://127.0.0.1:{}{}", port, path);
    if (!path.starts_with('/') || !std::ranges::all_of(path, [](unsigned char c) { return c > ' ' && c < 0x7f; }))
        return fail(ErrorCode::usage,
                    fmt::format("GET '{}': a path begins with '/' and has no spaces", printable(path)));
    Question question;
    Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
    if (!pidfd) return fail(ErrorCode::network, fmt::format("GET {}: the service has ended", where));
    question.process = pidfd.get();
    question.port = port;
    question.text = fmt::format("GET {} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\nUser-Agent: pith\r\n\r\n", path, port);
    question.seconds = static_cast<unsigned>(std::chrono::ceil<std::chrono::seconds>(limit).count()) + 1;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("make a pipe for", "a probe");
    Fd read_end(ends[0]), write_end(ends[1]);

    const pid_t child = ::fork();
    if (child < 0) return fail_errno("fork for", "a probe");
    if (child == 0) ::_exit(ask(question, ends[1]));
    write_end = Fd();
    auto answer = collect(read_end, std::chrono::steady_clock::now() + limit);
    ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
        return fail(ErrorCode::network, fmt::format("GET {}: no answer within {} ms", where, limit.count()));
    switch (WEXITSTATUS(status)) {
        case none: return context(parse(answer), fmt::format("GET {}", where));
        case no_namespace:
            return fail(ErrorCode::unsupported,
                        fmt::format("GET {}: cannot enter the container's network namespace; run as root", where));
        case no_connection: return fail(ErrorCode::network, fmt::format("GET {}: nobody listens", where));
        default: return fail(ErrorCode::network, fmt::format("GET {}: the connection broke off", where));
    }
}

}  // namespace pith::runner
