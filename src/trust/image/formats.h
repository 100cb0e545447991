// How signatures and attestations are attached to images, in the two formats that cosign and admission controllers
// read.
//
// Bundles (cosign 3): a manifest whose subject is the image, with one layer, a sigstore bundle of version 0.3.
// Tags (cosign 1 and 2): the manifests under the tags sha256-HEX.sig and sha256-HEX.att, a layer each.
// Source: cosign, specs/BUNDLE_SPEC.md, specs/SIGNATURE_SPEC.md, specs/ATTESTATION_SPEC.md.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/digest.h"

namespace pith::trust {

enum class Attached { signature, attestation };

namespace cosign {
inline constexpr std::string_view signature_layer = "application/vnd.dev.cosign.simplesigning.v1+json";
inline constexpr std::string_view attestation_layer = "application/vnd.dsse.envelope.v1+json";
inline constexpr std::string_view bundle_prefix = "application/vnd.dev.sigstore.bundle";
inline constexpr std::string_view signature_annotation = "dev.cosignproject.cosign/signature";
inline constexpr std::string_view certificate_annotation = "dev.sigstore.cosign/certificate";
inline constexpr std::string_view log_annotation = "dev.sigstore.cosign/bundle";
inline constexpr std::string_view timestamp_annotation = "dev.sigstore.cosign/rfc3161timestamp";

// What a signed statement says where it is a signature and no attestation.
inline constexpr std::string_view signature_predicate = "https://sigstore.dev/cosign/sign/v1";

// "sha256-HEX.sig", "sha256-HEX.att".
[[nodiscard]] std::string tag_of(const Digest& image, Attached kind);
}  // namespace cosign

// A type of predicate by the short name that cosign gives it ("spdxjson", "cyclonedx", "vuln", …), or an address as it
// is; a usage error for anything else, which names those that there are.
[[nodiscard]] Result<std::string> predicate_type(std::string_view name);

}  // namespace pith::trust
