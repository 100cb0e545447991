// What was verified of a signature, for people and for programs: exactly the checks that were made. Thread-safe.
#pragma once

#include <string>

#include "trust/image/verify_image.h"

namespace pith::report {

[[nodiscard]] std::string to_text(const trust::Verified& verified, const Digest& artifact);
// {"verified", "artifact", "signer", "issuer", "key", "predicate_type", "signed_at", "checks", "not_checked"}; keys in
// this order, those that are empty left out.
[[nodiscard]] std::string to_json(const trust::Verified& verified, const Digest& artifact);
// Of an image: each signature or attestation that holds, where it is attached and what was checked; what was refused
// and why.
[[nodiscard]] std::string to_text(const trust::VerifiedImage& verified, const Digest& image);
// {"verified", "image", "held": [as above, with "place" and, of an attestation, "statement"], "refused"}
[[nodiscard]] std::string to_json(const trust::VerifiedImage& verified, const Digest& image);
// The statements alone, a line of JSON each.
[[nodiscard]] std::string statements_text(const trust::VerifiedImage& verified, const Digest& image);

// {"verified": false, "artifact", "error"}
[[nodiscard]] std::string refusal_json(const Error& error, const Digest& artifact);

}  // namespace pith::report
