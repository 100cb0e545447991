// pith verify-bundle: whether a sigstore bundle's signature holds, without asking anybody.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/signer_choice.h"
#include "report/verification_report.h"
#include "trust/verify_bundle.h"

namespace pith::cli {

namespace {

constexpr std::uint64_t most_bundle = 32 * MiB;

struct VerifyOptions {
    std::string artifact, bundle;
    SignerChoice signer;
};

// What is read before anything is verified; a fault here is no verdict on the signature.
struct Input {
    std::string bundle;
    MappedFile file;
    trust::Artifact artifact;
};

Result<Input> read_input(const VerifyOptions& options) {
    Input out{TRY(read_text(options.bundle, most_bundle)), {}, {}};
    constexpr std::string_view prefix = "sha256:";
    std::error_code error;
    if (options.artifact.size() == prefix.size() + 64 && options.artifact.starts_with(prefix) &&
        !std::filesystem::exists(options.artifact, error)) {
        out.artifact.sha256 = TRY(Digest::parse(options.artifact));
        return out;
    }
    out.file = TRY(MappedFile::open(options.artifact));
    out.artifact = trust::Artifact::of(out.file.bytes());
    return out;
}

Result<trust::Verified> verify(const Input& input, const trust::Policy& policy) {
    auto bundle = TRY(context(trust::read_bundle(input.bundle), "bundle"));
    return trust::verify_bundle(bundle, input.artifact, policy);
}

Result<int> run_verify_bundle(const VerifyOptions& options, const Globals& globals) {
    auto signer = TRY(Signer::read(options.signer));
    auto input = TRY(read_input(options));
    auto verified = verify(input, signer.policy());
    const auto& digest = input.artifact.sha256;
    if (globals.json())
        fmt::print("{}",
                   verified ? report::to_json(*verified, digest) : report::refusal_json(verified.error(), digest));
    else if (verified)
        fmt::print("{}", report::to_text(*verified, digest));
    else
        fmt::print(stderr, "pith: {} is not verified: {}\n", digest.text(), verified.error().text());
    return verified ? exit_done : exit_not_verified;
}

void add_options(CLI::App& command, VerifyOptions& options) {
    command.add_option("ARTIFACT", options.artifact, "the file that was signed, or sha256:DIGEST of it")->required();
    command.add_option("--bundle", options.bundle, "the sigstore bundle (versions 0.1 to 0.3)")
        ->type_name("FILE")
        ->required();
    add_signer_options(command, options.signer);
}

}  // namespace

void add_verify_bundle(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<VerifyOptions>();
    auto* command = app.add_subcommand("verify-bundle", "verify a sigstore bundle of a file, offline");
    add_options(*command, *options);
    command->footer(
        "Opens no socket: what the bundle does not bring is missing. Prints which checks were made, and which could "
        "not\n"
        "be. Without a trusted root, a signature by a key is verified alone, not its log entries and timestamps.\n"
        "Signing by an identity (keyless) is not there yet; verifying is.\n"
        "Exit: 0 verified; 12 not verified; 1 a file could not be read; 2 wrong usage.\n\n"
        "Examples:\n"
        "  pith verify-bundle --bundle app.tar.sigstore.json --key keys.yaml app.tar\n"
        "  pith verify-bundle --bundle app.tar.sigstore.json --trusted-root trusted_root.json \\\n"
        "    --certificate-identity https://github.com/me/app/.github/workflows/release.yml@refs/heads/main \\\n"
        "    --certificate-oidc-issuer https://token.actions.githubusercontent.com app.tar");
    command->callback(
        [&globals, &run, options] { run = [&globals, options] { return run_verify_bundle(*options, globals); }; });
}

}  // namespace pith::cli
