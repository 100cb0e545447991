// pith: parses the command line, calls the library, prints, and turns errors into exit codes.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/exit_codes.h"
#include "cli/usage_error.h"

namespace pith::cli {

namespace {

constexpr const char* about =
    "pith builds minimal container images from Debian packages: no Dockerfile, no root, no script run at build time,\n"
    "the same digest on every machine.";
constexpr const char* examples =
    "Examples:\n"
    "  pith build catalog/nginx.yaml -o oci:images:nginx      an image for amd64 and arm64, as an OCI layout\n"
    "  pith build nginx.yaml --platform linux/amd64 -o docker-archive:nginx.tar:nginx:latest\n"
    "  pith lock catalog/nginx.yaml                           write down what the image is made of, for later builds\n"
    "  pith why catalog/nginx.yaml zlib1g                     what keeps a package in an image\n"
    "  pith test catalog/nginx.yaml oci:images:nginx          run the definition's tests against an image\n"
    "  pith sbom oci:images:nginx --platform linux/amd64      what it holds: packages, licences, files\n"
    "  pith scan oci:images:nginx --platform linux/amd64      known vulnerabilities, after `pith advisories update`\n"
    "  pith push oci:images:nginx registry.example/nginx:1    to a registry, where the names above work as well\n"
    "  pith keygen -o release                                 keys to sign with, in cosign's format\n"
    "  pith sign registry.example/nginx:1 --key release.key   and `pith verify IMAGE --key release.pub`\n"
    "  pith effects coverage debian:trixie redis-server       are its maintainer scripts modelled?\n"
    "\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 10 findings over the threshold, 11 verdict unknown,\n"
    "12 signature not verified.";

void add_global_options(CLI::App& app, Globals& globals) {
    app.add_option("--cache-dir", globals.cache_dir,
                   "where packages, indexes and layers are kept ($PITH_CACHE_DIR, $XDG_CACHE_HOME/pith)")
        ->type_name("DIR");
    app.add_option(
           "--cache-limit", globals.cache_limit_text,
           "what the cache may grow to, such as 500M or 10G; what was used least recently goes first (10G; 0: no "
           "limit)")
        ->type_name("SIZE");
    app.add_option("--jobs,-j", globals.jobs, "how many threads work (0: one for each core)")
        ->type_name("N")
        ->check(CLI::Range(0, 1024));
    app.add_option("--mirror", globals.mirrors,
                   "the mirror of debian:SUITE, or NAME=URL for debian-security, ubuntu or ubuntu-ports")
        ->type_name("[NAME=]URL")
        ->allow_extra_args(false);
    app.add_option("--keyring", globals.keyrings, "OpenPGP keys that repositories are signed with")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_flag("--offline", globals.offline, "open no socket; use what the cache holds");
    app.add_option("--authfile", globals.auth_file,
                   "credentials of registries ($REGISTRY_AUTH_FILE, those of podman and docker)")
        ->type_name("FILE");
    app.add_option("--ca-file", globals.ca_file, "certificate authorities of registries, beside the host's own (PEM)")
        ->type_name("FILE");
    app.add_flag("--plain-http", globals.plain_http, "speak http with registries that are not on this machine, too");
    app.add_flag("--quiet,-q", globals.quiet, "print errors and data only");
    app.add_option("--format", globals.format, "how data is printed: table or json")
        ->check(CLI::IsMember({"table", "json"}));
}

// The help of a command names the options that it shares with all others.
class HelpFormatter : public CLI::Formatter {
public:
    std::string make_footer(const CLI::App* app) const override {
        auto footer = CLI::Formatter::make_footer(app);
        if (app->get_parent())
            footer += "\nOptions of every command, such as --offline and --format: see `pith --help`.\n";
        return footer;
    }
};

struct NamedCommand {
    std::string_view name;
    void (*add)(CLI::App& app, const Globals& globals, Run& run);
};
constexpr NamedCommand commands[] = {{"build", add_build},
                                     {"lock", add_lock},
                                     {"why", add_why},
                                     {"test", add_test},
                                     {"sbom", add_sbom},
                                     {"scan", add_scan},
                                     {"diff", add_diff},
                                     {"push", add_push},
                                     {"pull", add_pull},
                                     {"copy", add_copy},
                                     {"inspect", add_inspect},
                                     {"tags", add_tags},
                                     {"referrers", add_referrers},
                                     {"login", add_login},
                                     {"logout", add_logout},
                                     {"keygen", add_keygen},
                                     {"sign", add_sign},
                                     {"verify", add_verify},
                                     {"attest", add_attest},
                                     {"verify-attestation", add_verify_attestation},
                                     {"verify-bundle", add_verify_bundle},
                                     {"bundle", add_bundle},
                                     {"effects", add_effects},
                                     {"advisories", add_advisories},
                                     {"cache", add_cache},
                                     {"schema", add_schema}};
// What tells of all commands.
constexpr decltype(NamedCommand::add) overviews[] = {add_completion, add_manual, add_help};

// A command that is called needs no other one beside it, and what makes them all takes a part of every start.
const NamedCommand* find_command(std::string_view name) {
    const auto* found = std::ranges::find(commands, name, &NamedCommand::name);
    return found == std::end(commands) ? nullptr : found;
}

int report(const Error& error) {
    fmt::print(stderr, "pith: {}\n", error.text());
    return exit_code(error.code);
}

int run(int argc, char** argv) {
    CLI::App app(about, "pith");
    app.formatter(std::make_shared<HelpFormatter>());
    app.footer(examples);
    app.set_version_flag("--version", "pith " PITH_VERSION);
    app.require_subcommand(1);
    app.fallthrough();  // global options may stand after the command
    Globals globals;
    Run chosen;
    add_global_options(app, globals);
    const auto* called = argc > 1 ? find_command(argv[1]) : nullptr;
    for (const auto& each : commands)
        if (!called || &each == called) each.add(app, globals, chosen);
    if (!called)
        for (auto add : overviews) add(app, globals, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
        return report({ErrorCode::usage, usage_error(command_tree(app), {argv + 1, argv + argc}, error.what())});
    }
    if (auto settled = settle(app, globals); !settled) return report(settled.error());
    auto result = chosen();
    if (!result) return report(result.error());
    if (std::fflush(stdout) != 0)
        return report({ErrorCode::io, fmt::format("cannot write to standard output: {}", std::strerror(errno))});
    return *result;
}

}  // namespace

}  // namespace pith::cli

int main(int argc, char** argv) {
    int status = pith::cli::exit_failed;
    try {
        status = pith::cli::run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "pith: internal error: {}\n", error.what());
    }
    (void)std::fflush(stdout);
    ::_exit(status);  // what libraries would put away now, the kernel does faster
}
