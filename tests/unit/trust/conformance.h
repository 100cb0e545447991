// The vectors of sigstore-conformance in ../shared/data/sigstore: a folder each, with defaults beside them.
#pragma once

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "support/support.h"
#include "trust/verify_bundle.h"

namespace pith::test {

class Vector {
public:
    explicit Vector(const std::string& name) : m_root(*shared("sigstore")), m_folder(m_root / "bundle-verify" / name) {}

    [[nodiscard]] std::string bundle() const { return slurp(m_folder / "bundle.sigstore.json"); }
    [[nodiscard]] std::string artifact() const { return either("artifact", m_root / "bundle-verify/a.txt"); }
    [[nodiscard]] std::string trusted_root() const {
        return either("trusted_root.json", m_root / "trusted_root.production.json");
    }

    // By the key of the folder, or else by the identity that upstream signs with.
    [[nodiscard]] Result<trust::Policy> policy(const trust::TrustedRoot& root) const {
        auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        auto key = m_folder / "key.pub";
        if (std::filesystem::exists(key)) return trust::Policy{TRY(trust::read_key_ring(key)), &root, now};
        auto named = [&](const char* file, std::string_view otherwise) {
            auto path = m_folder / file;
            return trust::NameMatch::exactly(
                std::string(std::filesystem::exists(path) ? trim(slurp(path)) : otherwise));
        };
        return trust::Policy{trust::IdentityPolicy{
                                 named("identity",
                                       "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/"
                                       ".github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"),
                                 named("issuer", "https://token.actions.githubusercontent.com")},
                             &root, now};
    }

private:
    [[nodiscard]] std::string either(const char* file, const std::filesystem::path& otherwise) const {
        return slurp(std::filesystem::exists(m_folder / file) ? m_folder / file : otherwise);
    }
    std::filesystem::path m_root, m_folder;
};

}  // namespace pith::test
