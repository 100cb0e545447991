// Whose signature is wanted: the options that `pith verify` and its kin share.
#pragma once

#include <optional>
#include <string>

#include "cli/commands.h"
#include "trust/verify_bundle.h"

namespace pith::cli {

struct SignerChoice {
    std::string key, trusted_root;
    std::string identity, identity_pattern, issuer, issuer_pattern;
};
void add_signer_options(CLI::App& command, SignerChoice& choice);

// What the choice says, and what it says is read; the policy leads into it. Errors: usage; those of the files.
class Signer {
public:
    [[nodiscard]] static Result<Signer> read(const SignerChoice& choice);
    [[nodiscard]] trust::Policy policy() const;

private:
    using Who = decltype(trust::Policy::signer);
    Signer(Who who, std::optional<trust::TrustedRoot> root) : m_who(std::move(who)), m_root(std::move(root)) {}
    Who m_who;
    std::optional<trust::TrustedRoot> m_root;
};

}  // namespace pith::cli
