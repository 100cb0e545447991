#include "cli/signer_choice.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

namespace pith::cli {

namespace {

constexpr const char* root_variable = "PITH_TRUSTED_ROOT";

Result<> check_usage(const SignerChoice& choice) {
    bool identity = !choice.identity.empty() || !choice.identity_pattern.empty();
    bool issuer = !choice.issuer.empty() || !choice.issuer_pattern.empty();
    if (!choice.key.empty() && (identity || issuer))
        return fail(ErrorCode::usage, "give either --key or an identity, not both");
    if (choice.key.empty() && !(identity && issuer))
        return fail(ErrorCode::usage,
                    "say whose signature is wanted: --key FILE, or --certificate-identity NAME with "
                    "--certificate-oidc-issuer URL");
    return {};
}

// None is built in: what an old program has would be out of date, and nobody would see it.
Result<std::optional<trust::TrustedRoot>> read_root(const SignerChoice& choice) {
    const char* variable = std::getenv(root_variable);
    auto file = !choice.trusted_root.empty() ? choice.trusted_root : std::string(variable ? variable : "");
    if (!file.empty()) return TRY(context(trust::read_trusted_root_file(file), fmt::format("trusted root '{}'", file)));
    if (!choice.key.empty()) return std::nullopt;
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

}  // namespace

Result<Signer> Signer::read(const SignerChoice& choice) {
    TRY(check_usage(choice));
    auto root = TRY(read_root(choice));
    if (!choice.key.empty()) return Signer(TRY(trust::read_key_ring(choice.key)), std::move(root));
    auto identity = TRY(name_match(choice.identity, choice.identity_pattern, "--certificate-identity"));
    auto issuer = TRY(name_match(choice.issuer, choice.issuer_pattern, "--certificate-oidc-issuer"));
    return Signer(trust::IdentityPolicy{std::move(identity), std::move(issuer)}, std::move(root));
}

trust::Policy Signer::policy() const {
    auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return {m_who, m_root ? &*m_root : nullptr, now};
}

void add_signer_options(CLI::App& command, SignerChoice& choice) {
    command
        .add_option("--key", choice.key,
                    "the public key that must have signed: a PEM file, or a ring of keys with their times (YAML)")
        ->type_name("FILE");
    command
        .add_option("--certificate-identity", choice.identity,
                    "whom the certificate must speak for, exactly: an address of a workflow, an e-mail address")
        ->type_name("NAME");
    command
        .add_option("--certificate-identity-regexp", choice.identity_pattern,
                    "the same as a regular expression, which must match the whole name")
        ->type_name("PATTERN");
    command.add_option("--certificate-oidc-issuer", choice.issuer, "who must have vouched for the identity")
        ->type_name("URL");
    command
        .add_option("--certificate-oidc-issuer-regexp", choice.issuer_pattern,
                    "the same as a regular expression, which must match the whole name")
        ->type_name("PATTERN");
    command
        .add_option("--trusted-root", choice.trusted_root,
                    "the authorities and logs to verify against ($PITH_TRUSTED_ROOT); none is built in")
        ->type_name("FILE");
}

}  // namespace pith::cli
