// Versions are compared piece by piece over the text itself; nothing is copied and no number can overflow.
#include "pkg/version/deb.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace pith::pkg::version::deb {

namespace {

constexpr std::size_t most_length = 512;
constexpr std::uint64_t most_epoch = 2'147'483'647;  // dpkg's INT_MAX
constexpr std::string_view digits = "0123456789";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Pieces {
    std::string_view epoch, upstream, revision;
};

// A colon ends an epoch only if digits alone stand before it; parse() refuses other colons.
Pieces take_apart(std::string_view text) {
    Pieces out;
    auto colon = text.find_first_not_of(digits);
    if (colon != std::string_view::npos && colon > 0 && text[colon] == ':') {
        out.epoch = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    auto hyphen = text.rfind('-');
    out.upstream = text.substr(0, hyphen);
    if (hyphen != std::string_view::npos) out.revision = text.substr(hyphen + 1);
    return out;
}

// Where a character stands among non-digits: '~' before the end of the part, then letters, then the rest.
int weight(std::string_view text, std::size_t at) {
    if (at >= text.size() || is_digit(text[at])) return 0;
    if (text[at] == '~') return -1;
    return static_cast<unsigned char>(text[at]) + (is_letter(text[at]) ? 0 : 256);
}

std::string_view take_number(std::string_view text, std::size_t& at) {
    while (at < text.size() && text[at] == '0') ++at;
    auto start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return text.substr(start, at - start);
}

int compare_part(std::string_view a, std::string_view b) {
    std::size_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
        while ((i < a.size() && !is_digit(a[i])) || (j < b.size() && !is_digit(b[j]))) {
            if (int difference = weight(a, i) - weight(b, j)) return difference;
            ++i, ++j;
        }
        auto left = take_number(a, i), right = take_number(b, j);
        if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
        if (int difference = left.compare(right)) return difference;
    }
    return 0;
}

Result<> check_characters(std::string_view part, std::string_view name, std::string_view marks,
                          std::string_view whole) {
    auto wrong = std::ranges::find_if(
        part, [&](char c) { return !is_digit(c) && !is_letter(c) && marks.find(c) == std::string_view::npos; });
    if (wrong == part.end()) return {};
    return fail(ErrorCode::format, fmt::format("version '{}': '{}' may not stand in the {}", printable(whole),
                                               printable(std::string_view(&*wrong, 1)), name));
}

}  // namespace

Result<Version> parse(std::string_view text) {
    auto refuse = [&](std::string_view why) {
        return fail(ErrorCode::format, fmt::format("version '{}': {}", printable(text), why));
    };
    if (text.empty()) return fail(ErrorCode::format, "the version is empty");
    if (text.size() > most_length)
        return fail(ErrorCode::limit, fmt::format("a version of over {} bytes", most_length));
    auto pieces = take_apart(text);
    Version out{.upstream = pieces.upstream, .revision = pieces.revision};
    if (pieces.epoch.empty()) {
        if (text.find(':') != std::string_view::npos) return refuse("what stands before ':' is not a number");
    } else {
        auto epoch = parse_number(pieces.epoch);
        if (!epoch || *epoch > most_epoch) return refuse("the epoch is too large");
        out.epoch = static_cast<std::uint32_t>(*epoch);
    }
    if (out.upstream.empty()) return refuse("there is no upstream version");
    if (text.back() == '-') return refuse("nothing stands after the last '-'");
    TRY(check_characters(out.upstream, "upstream version", ".+-~:", text));
    TRY(check_characters(out.revision, "revision", ".+~", text));
    return out;
}

int compare(std::string_view a, std::string_view b) {
    auto left = take_apart(a), right = take_apart(b);
    if (int difference = compare_part(left.epoch, right.epoch)) return difference;
    if (int difference = compare_part(left.upstream, right.upstream)) return difference;
    return compare_part(left.revision, right.revision);
}

bool matches_prefix(std::string_view version, std::string_view prefix) {
    if (prefix.empty()) return true;
    if (auto epoch = take_apart(version).epoch; !epoch.empty() && take_apart(prefix).epoch.empty())
        version.remove_prefix(epoch.size() + 1);
    if (!version.starts_with(prefix)) return false;
    if (version.size() == prefix.size()) return true;
    char last = prefix.back(), next = version[prefix.size()];
    return !(is_digit(last) && is_digit(next)) && !(is_letter(last) && is_letter(next));
}

}  // namespace pith::pkg::version::deb
