// Small things one does to text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pith {

[[nodiscard]] std::string_view trim(std::string_view text);                         // spaces, tabs, CR, LF at both ends
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char at);  // keeps empty parts
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);           // at white space
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view between);

// A whole unsigned decimal number and nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text, int base = 10);

// The candidates nearest to `wanted` by edit distance (at most 2, or a third of its length),
// nearest first, then by name; at most `most` of them. For "did you mean".
[[nodiscard]] std::vector<std::string> nearest(std::string_view wanted, const std::vector<std::string>& candidates,
                                               std::size_t most = 3);

// A shell-style pattern over paths: `*` and `?` stop at '/', `**` does not.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view path);

// How many bytes the first character of `text` takes, 0 if they are not UTF-8 (RFC 3629, section 4) or there are none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

// What may be printed of hostile text: control characters and invalid bytes become "\xNN".
[[nodiscard]] std::string printable(std::string_view text, std::size_t most = 200);

}  // namespace pith
