#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

namespace pith {

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> out;
    for (;;) {
        auto found = text.find(at);
        out.push_back(text.substr(0, found));
        if (found == std::string_view::npos) return out;
        text.remove_prefix(found + 1);
    }
}

std::vector<std::string_view> words(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    std::vector<std::string_view> out;
    for (;;) {
        auto first = text.find_first_not_of(blank);
        if (first == std::string_view::npos) return out;
        text.remove_prefix(first);
        auto end = std::min(text.find_first_of(blank), text.size());
        out.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

std::string join(const std::vector<std::string>& parts, std::string_view between) {
    return fmt::format("{}", fmt::join(parts, between));
}

std::optional<std::uint64_t> parse_number(std::string_view text, int base) {
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

}  // namespace

std::vector<std::string> nearest(std::string_view wanted, const std::vector<std::string>& candidates,
                                 std::size_t most) {
    wanted = wanted.substr(0, 200);
    const std::size_t reach = wanted.size() < 4 ? 1 : std::max<std::size_t>(2, wanted.size() / 3);
    std::vector<std::pair<std::size_t, std::string>> found;
    for (const auto& candidate : candidates) {
        auto longer = std::max(candidate.size(), wanted.size()), shorter = std::min(candidate.size(), wanted.size());
        if (longer - shorter > reach) continue;
        if (auto distance = edit_distance(wanted, candidate); distance <= reach)
            found.emplace_back(distance, candidate);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> out;
    for (auto& [distance, name] : found)
        if (out.size() < most) out.push_back(std::move(name));
    return out;
}

bool matches_glob(std::string_view pattern, std::string_view path) {
    // Iterative matching with one place to come back to for each kind of star, so time is bounded by
    // the product of the lengths.
    std::size_t p = 0, s = 0;
    std::size_t star = std::string_view::npos, star_at = 0, deep = std::string_view::npos, deep_at = 0;
    for (;;) {
        if (p < pattern.size() && pattern[p] == '*') {
            if (p + 1 < pattern.size() && pattern[p + 1] == '*') {
                deep = p += 2;
                deep_at = s;
                star = std::string_view::npos;
            } else {
                star = ++p;
                star_at = s;
            }
            continue;
        }
        if (s == path.size()) {
            if (p == pattern.size()) return true;
        } else if (p < pattern.size() && (pattern[p] == path[s] || (pattern[p] == '?' && path[s] != '/'))) {
            ++p, ++s;
            continue;
        }
        if (star != std::string_view::npos && star_at < path.size() && path[star_at] != '/') {
            p = star;
            s = ++star_at;
        } else if (deep != std::string_view::npos && deep_at < path.size()) {
            p = deep;
            s = ++deep_at;
            star = std::string_view::npos;
        } else {
            return false;
        }
    }
}

std::size_t utf8_length(std::string_view text) {
    if (text.empty()) return 0;
    auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto first = byte(0);
    if (first < 0x80) return 1;
    std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    // The second byte excludes longer forms than needed, surrogates, and what lies beyond U+10FFFF.
    unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
    return length;
}

std::string printable(std::string_view text, std::size_t most) {
    std::string out;
    for (char c : text.substr(0, most)) {
        auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f)
            out += fmt::format("\\x{:02x}", byte);
        else
            out += c;
    }
    if (text.size() > most) out += "…";
    return out;
}

}  // namespace pith
