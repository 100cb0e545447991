// PEM (RFC 7468): one block of base64 between a BEGIN and an END line, which is what a key's or a certificate's file
// is. Text around the block is not taken: what stands in a file of trust is all of it. Limit: 64 KiB. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "trust/secret.h"

namespace pith::trust {

struct PemBlock {
    std::string label;  // "PUBLIC KEY"
    Secret content;     // which may be a private key
};

// Exactly one block. Errors: format, such as for a file that was cut off; limit.
[[nodiscard]] Result<PemBlock> read_pem(std::string_view text);
// Lines of 64 characters.
[[nodiscard]] std::string write_pem(std::string_view label, ByteView content);

}  // namespace pith::trust
