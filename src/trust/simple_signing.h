// The payload of cosign's older signatures on images ("simple signing"): the bytes that are signed.
// Source: cosign, specs/SIGNATURE_SPEC.md; containers/image, docs/containers-signature.5.md.
// What is signed is the digest; the reference only says how somebody called the image. Limit: 64 KiB. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"

namespace pith::trust {

struct SimpleSigning {
    std::string reference;  // as the signer called the image
    Digest manifest;
    std::vector<std::pair<std::string, std::string>> annotations{};
};

// Errors: limit; format, such as for a type that is not cosign's or a digest that is not "sha256:" and 64 lower-case
// digits.
[[nodiscard]] Result<SimpleSigning> read_simple_signing(std::string_view json);
[[nodiscard]] std::string write_simple_signing(const SimpleSigning& payload);

}  // namespace pith::trust
