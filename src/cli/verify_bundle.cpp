// pith verify-bundle: whether a sigstore bundle's signature holds, without asking anybody.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "report/verification_report.h"
#include "trust/verify_bundle.h"

namespace pith::cli {

namespace {

constexpr std::uint64_t most_bundle = 32 * MiB, most_root = 4 * MiB;
constexpr const char* root_variable = "PITH_TRUSTED_ROOT";

struct VerifyOptions {
    std::string artifact, bundle, key, trusted_root;
    std::string identity, identity_pattern, issuer, issuer_pattern;
};

// What is read before anything is verified; a fault here is no verdict on the signature.
struct Input {
    std::string bundle;
    MappedFile file;
    trust::Artifact artifact;
};

Result<> check_usage(const VerifyOptions& options) {
    bool identity = !options.identity.empty() || !options.identity_pattern.empty();
    bool issuer = !options.issuer.empty() || !options.issuer_pattern.empty();
    if (!options.key.empty() && (identity || issuer))
        return fail(ErrorCode::usage, "give either --key or an identity, not both");
    if (options.key.empty() && !(identity && issuer))
        return fail(ErrorCode::usage,
                    "say whose signature is wanted: --key FILE, or --certificate-identity NAME with "
                    "--certificate-oidc-issuer URL");
    return {};
}

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

// None is built in: what an old program has would be out of date, and nobody would see it.
Result<std::optional<trust::TrustedRoot>> read_root(const VerifyOptions& options) {
    const char* variable = std::getenv(root_variable);
    auto file = !options.trusted_root.empty() ? options.trusted_root : std::string(variable ? variable : "");
    if (!file.empty())
        return TRY(
            context(trust::read_trusted_root(TRY(read_text(file, most_root))), fmt::format("trusted root '{}'", file)));
    if (!options.key.empty()) return std::nullopt;
    return fail(
        ErrorCode::usage,
        fmt::format("an identity is verified against a trusted root, and none is built in: give --trusted-root FILE "
                    "or set {}. For the public instance it is trusted_root.json of Sigstore's TUF repository, "
                    "which `cosign trusted-root create --with-default-services --out FILE` writes after "
                    "verifying it",
                    root_variable));
}

Result<trust::NameMatch> name_match(const std::string& name, const std::string& pattern, std::string_view option) {
    if (!name.empty() && !pattern.empty())
        return fail(ErrorCode::usage, fmt::format("give either {} or {}-regexp", option, option));
    return pattern.empty() ? trust::NameMatch::exactly(name) : context(trust::NameMatch::pattern(pattern), option);
}

Result<trust::Policy> policy_of(const VerifyOptions& options, const std::optional<trust::TrustedRoot>& root) {
    auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto* given = root ? &*root : nullptr;
    if (!options.key.empty()) return trust::Policy{TRY(trust::read_key_ring(options.key)), given, now};
    return trust::Policy{
        trust::IdentityPolicy{TRY(name_match(options.identity, options.identity_pattern, "--certificate-identity")),
                              TRY(name_match(options.issuer, options.issuer_pattern, "--certificate-oidc-issuer"))},
        given, now};
}

Result<trust::Verified> verify(const Input& input, const trust::Policy& policy) {
    auto bundle = TRY(context(trust::read_bundle(input.bundle), "bundle"));
    return trust::verify_bundle(bundle, input.artifact, policy);
}

Result<int> run_verify_bundle(const VerifyOptions& options, const Globals& globals) {
    TRY(check_usage(options));
    auto root = TRY(read_root(options));
    auto policy = TRY(policy_of(options, root));
    auto input = TRY(read_input(options));
    auto verified = verify(input, policy);
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
    command
        .add_option("--key", options.key,
                    "the public key that must have signed: a PEM file, or a ring of keys with their times (YAML)")
        ->type_name("FILE");
    command
        .add_option("--certificate-identity", options.identity,
                    "whom the certificate must speak for, exactly: an address of a workflow, an e-mail address")
        ->type_name("NAME");
    command
        .add_option("--certificate-identity-regexp", options.identity_pattern,
                    "the same as a regular expression, which must match the whole name")
        ->type_name("PATTERN");
    command.add_option("--certificate-oidc-issuer", options.issuer, "who must have vouched for the identity")
        ->type_name("URL");
    command
        .add_option("--certificate-oidc-issuer-regexp", options.issuer_pattern,
                    "the same as a regular expression, which must match the whole name")
        ->type_name("PATTERN");
    command
        .add_option("--trusted-root", options.trusted_root,
                    "the authorities and logs to verify against ($PITH_TRUSTED_ROOT); none is built in")
        ->type_name("FILE");
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
