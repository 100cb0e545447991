// The cleartext signature framework (RFC 9580, section 7), taken apart strictly: exactly one signed block, and
// nothing around it that could be read in its place.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace pith::pkg::deb {

constexpr std::uint64_t most_signed_text = 16 * MiB;

// The signed text: dashes unescaped, white space removed at the ends of lines, a line feed after each.
// Errors (format, limit) read "NAME:LINE: …".
[[nodiscard]] Result<std::string> split_cleartext(std::string_view file, std::string_view name);

// The same form of a text that is not escaped: what a cleartext signature covers.
[[nodiscard]] std::string without_trailing_blanks(std::string_view text);

}  // namespace pith::pkg::deb
