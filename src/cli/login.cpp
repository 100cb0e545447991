// pith login, pith logout: credentials of registries, in the file that podman and skopeo use as well.
#include <termios.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <cstdio>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"

namespace pith::cli {

namespace registry = oci::registry;

namespace {

constexpr std::size_t most_line = 16 * KiB;

struct LoginOptions {
    std::string host, user;
    bool password_stdin = false;
};

// A line of standard input without its end.
Result<std::string> read_line() {
    std::string out;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
        out += static_cast<char>(c);
        if (out.size() > most_line) return fail(ErrorCode::limit, "the password is too long");
    }
    while (out.ends_with('\r')) out.pop_back();
    return out;
}

// Asks on the terminal, which shows nothing of the answer if it is secret.
Result<std::string> ask(std::string_view question, bool secret) {
    if (::isatty(STDIN_FILENO) == 0)
        return fail(ErrorCode::usage, "there is no terminal to ask on: give --username and --password-stdin");
    fmt::print(stderr, "{}: ", question);
    termios before{};
    bool changed = secret && ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (changed) {
        auto silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    auto answer = read_line();
    if (changed) {
        (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fmt::print(stderr, "\n");
    }
    return answer;
}

Result<std::string> host_of(const std::string& text) {
    std::string host(text.starts_with("docker://") ? text.substr(9) : text);
    if (host.empty() || host == "index.docker.io" || host == "registry-1.docker.io") host = "docker.io";
    if (!registry::is_host(host))
        return fail(ErrorCode::usage, fmt::format("'{}' is no registry: name its host, HOST[:PORT]", printable(text)));
    return host;
}

Result<int> login(const LoginOptions& options, const Globals& globals) {
    auto host = TRY(host_of(options.host));
    registry::Credentials credentials{options.user, {}, {}};
    if (credentials.user.empty()) credentials.user = TRY(ask("User", false));
    credentials.password = options.password_stdin ? TRY(read_line()) : TRY(ask("Password", true));
    if (credentials.user.empty() || credentials.user.contains(':') || credentials.password.empty())
        return fail(ErrorCode::usage, "a user without ':' and a password are needed");
    auto session = TRY(Session::open(globals));
    auto settings = registry_settings(globals);
    auto client = TRY(registry::Client::open({host, {}, {}, {}}, settings, session->cache, oci::Access::pull));
    client->use(credentials);
    TRY(client->check_access());
    auto file = TRY(registry::store_credentials(host, credentials, globals.auth_file));
    session->terminal.print(
        fmt::format("logged in to {} as {}; written to {}\n", host, printable(credentials.user), file.string()));
    return exit_done;
}

Result<int> logout(const std::string& text, const Globals& globals) {
    auto host = TRY(host_of(text));
    if (!TRY(registry::remove_credentials(host, globals.auth_file)))
        return fail(ErrorCode::not_found, fmt::format("nobody is logged in to {}", host));
    if (!globals.quiet) fmt::print(stderr, "logged out of {}\n", host);
    return exit_done;
}

}  // namespace

void add_login(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<LoginOptions>();
    auto* command = app.add_subcommand("login", "log in to a registry");
    command->add_option("HOST", options->host, "the registry: HOST[:PORT] (docker.io)");
    command->add_option("-u,--username", options->user, "the user; asked for without it")->type_name("USER");
    command->add_flag("--password-stdin", options->password_stdin,
                      "read the password from standard input; without it, it is asked for");
    command->footer(
        "The registry is asked whether it accepts them, and then they are written into the file that podman and skopeo "
        "use as\n"
        "well, readable by you alone: --authfile, $REGISTRY_AUTH_FILE or ${XDG_RUNTIME_DIR}/containers/auth.json.\n\n"
        "Examples:\n"
        "  pith login registry.example\n"
        "  pith login registry.example -u robot --password-stdin < token");
    command->callback([&globals, &run, options] { run = [&globals, options] { return login(*options, globals); }; });
}

void add_logout(CLI::App& app, const Globals& globals, Run& run) {
    auto host = std::make_shared<std::string>();
    auto* command = app.add_subcommand("logout", "forget the credentials of a registry");
    command->add_option("HOST", *host, "the registry: HOST[:PORT] (docker.io)");
    command->footer("Credential helpers keep what they hold.\n\nExamples:\n  pith logout registry.example");
    command->callback([&globals, &run, host] { run = [&globals, host] { return logout(*host, globals); }; });
}

}  // namespace pith::cli
