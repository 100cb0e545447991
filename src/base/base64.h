// Base64, strictly: the standard alphabet with padding (RFC 4648, section 4). One value has one spelling, so what is
// compared as text and what is compared as bytes cannot disagree. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace pith {

[[nodiscard]] std::string to_base64(ByteView bytes);

// Nothing for white space, another alphabet, missing or excess padding, or bits set behind the last byte.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

}  // namespace pith
