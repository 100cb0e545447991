// What the orders of versions share: numbers of any length, and reading a text run by run.
#pragma once

#include <algorithm>
#include <string_view>

namespace pith::pkg::version {

[[nodiscard]] inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
[[nodiscard]] inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

[[nodiscard]] inline int sign(int value) { return (value > 0) - (value < 0); }

[[nodiscard]] inline bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

// Digits by value; no digits count as 0.
[[nodiscard]] inline int compare_digits(std::string_view a, std::string_view b) {
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return sign(a.compare(b));
}

// Removes and gives the leading characters that `wanted` holds for.
[[nodiscard]] inline std::string_view take_while(std::string_view& text, bool (*wanted)(char)) {
    auto end = std::ranges::find_if_not(text, wanted);
    auto out = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(out.size());
    return out;
}

// Removes and gives what stands before the first of `ends`, and removes that one too.
[[nodiscard]] inline std::string_view take_part(std::string_view& text, std::string_view ends) {
    auto end = std::min(text.find_first_of(ends), text.size());
    auto out = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return out;
}

}  // namespace pith::pkg::version
