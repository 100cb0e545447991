// What was verified of a signature, for people and for programs: exactly the checks that were made. Thread-safe.
#pragma once

#include <string>

#include "trust/verify_bundle.h"

namespace pith::report {

[[nodiscard]] std::string to_text(const trust::Verified& verified, const Digest& artifact);
// {"verified", "artifact", "signer", "issuer", "key", "predicate_type", "signed_at", "checks", "not_checked"}; keys in
// this order, those that are empty left out.
[[nodiscard]] std::string to_json(const trust::Verified& verified, const Digest& artifact);
// {"verified": false, "artifact", "error"}
[[nodiscard]] std::string refusal_json(const Error& error, const Digest& artifact);

}  // namespace pith::report
