#include "trust/image/formats.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace pith::trust {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> predicate_types = {{
    {"slsaprovenance1", "https://slsa.dev/provenance/v1"},
    {"slsaprovenance", "https://slsa.dev/provenance/v0.2"},
    {"slsaprovenance02", "https://slsa.dev/provenance/v0.2"},
    {"link", "https://in-toto.io/Link/v1"},
    {"spdxjson", "https://spdx.dev/Document"},
    {"cyclonedx", "https://cyclonedx.org/bom"},
    {"openvex", "https://openvex.dev/ns"},
    {"vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"},
    {"vsa", "https://slsa.dev/verification_summary/v1"},
    {"test-result", "https://in-toto.io/attestation/test-result/v0.1"},
}};

}  // namespace

std::string cosign::tag_of(const Digest& image, Attached kind) {
    return fmt::format("sha256-{}.{}", image.hex(), kind == Attached::signature ? "sig" : "att");
}

Result<std::string> predicate_type(std::string_view name) {
    std::vector<std::string> known;
    for (const auto& [word, type] : predicate_types) {
        if (name == word) return std::string(type);
        known.emplace_back(word);
    }
    if (name == cosign::signature_predicate)
        return fail(ErrorCode::usage,
                    fmt::format("'{}' is a signature, which `pith sign` makes and `pith verify` reads", name));
    auto scheme = name.find("://");
    bool is_address = scheme != name.npos && scheme > 0 && scheme + 3 < name.size() && !name.contains(' ') &&
                      printable(name, name.size()) == name;
    if (is_address) return std::string(name);
    return fail(ErrorCode::usage, fmt::format("'{}' is not a type of attestation: give an address, or one of {}",
                                              printable(name), join(known, ", ")));
}

}  // namespace pith::trust
