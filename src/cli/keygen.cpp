// pith keygen: a pair of keys to sign images with, in cosign's format.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/password.h"
#include "trust/key_file.h"

namespace pith::cli {

namespace {

constexpr unsigned private_mode = 0600;

Result<> refuse_to_overwrite(const std::string& file) {
    std::error_code error;
    if (std::filesystem::exists(std::filesystem::symlink_status(file, error)))
        return fail(
            ErrorCode::usage,
            fmt::format("'{}' is there already: a key is never overwritten; choose another prefix with -o", file));
    return {};
}

Result<int> keygen(const std::string& prefix, const Globals& globals) {
    auto private_file = prefix + ".key", public_file = prefix + ".pub";
    TRY(refuse_to_overwrite(private_file));
    TRY(refuse_to_overwrite(public_file));
    auto password = TRY(ask_password(PasswordUse::make));
    auto key = TRY(trust::PrivateKey::generate());
    auto text = TRY(trust::write_private_key(key, password));
    TRY(write_file(public_file, as_bytes(key.public_key().pem())));
    if (auto written = write_file(private_file, as_bytes(text), private_mode); !written) {
        std::filesystem::remove(public_file);
        return std::unexpected(std::move(written).error());
    }
    if (!globals.quiet)
        fmt::print(stderr, "note: the private key is in '{}', encrypted by its password; the public one in '{}'\n",
                   private_file, public_file);
    auto digest = key.public_key().id().text();
    nlohmann::ordered_json json = {{"privateKey", private_file}, {"publicKey", public_file}, {"digest", digest}};
    fmt::print("{}\n",
               globals.json() ? json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) : digest);
    return exit_done;
}

}  // namespace

void add_keygen(CLI::App& app, const Globals& globals, Run& run) {
    auto prefix = std::make_shared<std::string>("pith");
    auto* command = app.add_subcommand("keygen", "make a pair of keys to sign with, in cosign's format");
    command->add_option("-o,--output,--output-key-prefix", *prefix, "PREFIX.key and PREFIX.pub are written (pith)")
        ->type_name("PREFIX");
    command->footer(
        "ECDSA P-256. The private key is encrypted with a password: from PITH_PASSWORD or COSIGN_PASSWORD, else asked "
        "for\n"
        "twice on the terminal, else the first line of standard input. Prints the SHA-256 of the public key. Nothing "
        "is\n"
        "overwritten. Signing without a key (keyless, by an identity) is not there yet; `pith verify-bundle` verifies "
        "such\n"
        "signatures.\n\n"
        "Examples:\n"
        "  pith keygen\n"
        "  PITH_PASSWORD=… pith keygen -o keys/release-2026");
    command->callback([&globals, &run, prefix] { run = [&globals, prefix] { return keygen(*prefix, globals); }; });
}

}  // namespace pith::cli
