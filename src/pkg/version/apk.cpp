// A version is read as a row of tokens and two rows are compared token by token. The kinds of tokens are listed
// from the oldest to the newest, so that where the kinds differ, the kind alone decides: 1.2_rc1 < 1.2 < 1.2-r0
// < 1.2_p1 < 1.2a < 1.2.3.
#include "pkg/version/apk.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace pith::pkg::version::apk {

namespace {

enum class Kind : std::uint8_t {
    pre_release,       // _alpha … _rc
    unknown_revision,  // not valid: "-" and anything but rNUMBER
    unreadable,        // not valid: what no other kind describes, up to the revision
    end,
    revision,  // -rNUMBER
    hash,      // ~HASH
    suffix_number,
    post_release,  // _cvs … _p
    letter,
    number,  // .NUMBER
    first_number,
};

struct Token {
    Kind kind = Kind::end;
    std::string_view text{};  // the number, letter, name, hash or unreadable part
    int suffix = 0;           // its place among the suffixes
};

struct Suffix {
    std::string_view name;
    Kind kind;
};
constexpr std::array suffixes = {
    Suffix{"alpha", Kind::pre_release}, Suffix{"beta", Kind::pre_release}, Suffix{"pre", Kind::pre_release},
    Suffix{"rc", Kind::pre_release},    Suffix{"cvs", Kind::post_release}, Suffix{"svn", Kind::post_release},
    Suffix{"git", Kind::post_release},  Suffix{"hg", Kind::post_release},  Suffix{"p", Kind::post_release},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

class Tokens {
public:
    explicit Tokens(std::string_view version) {
        auto hyphen = std::min(version.find('-'), version.size());
        m_rest = version.substr(0, hyphen);
        m_revision = version.substr(hyphen);
    }

    Token next() {
        auto token = m_rest.empty() ? read_revision() : read();
        m_last = token.kind;
        return token;
    }

private:
    std::string_view take(std::string_view text) {
        m_rest.remove_prefix(static_cast<std::size_t>(text.data() + text.size() - m_rest.data()));
        return text;
    }
    static std::string_view leading(std::string_view text, bool (*wanted)(char)) {
        return {text.begin(), std::find_if_not(text.begin(), text.end(), wanted)};
    }
    bool after_number() const { return m_last == Kind::number || m_last == Kind::first_number; }
    bool after_suffix() const { return m_last == Kind::pre_release || m_last == Kind::post_release; }
    bool suffix_may_follow() const {
        return after_number() || after_suffix() || m_last == Kind::letter || m_last == Kind::suffix_number;
    }

    Token read() {
        auto after = m_rest.substr(1);
        if (auto digits = leading(m_rest, is_digit); !digits.empty()) {
            if (!m_last) return {Kind::first_number, take(digits)};
            if (after_suffix()) return {Kind::suffix_number, take(digits)};
        } else if (m_rest[0] == '.' && after_number()) {
            if (auto component = leading(after, is_digit); !component.empty()) return {Kind::number, take(component)};
        } else if (is_lower(m_rest[0]) && after_number()) {
            return {Kind::letter, take(m_rest.substr(0, 1))};
        } else if (m_rest[0] == '_' && suffix_may_follow()) {
            auto name = leading(after, is_lower);
            if (auto known = std::ranges::find(suffixes, name, &Suffix::name); known != suffixes.end())
                return {known->kind, take(name), static_cast<int>(known - suffixes.begin())};
        } else if (m_rest[0] == '~' && suffix_may_follow()) {
            if (auto hash = leading(after, is_lower_hex); !hash.empty()) return {Kind::hash, take(hash)};
        }
        return {Kind::unreadable, take(m_rest)};
    }

    Token read_revision() {
        if (!m_last) return {Kind::unreadable};  // a version begins with a number
        auto revision = std::exchange(m_revision, {});
        if (revision.empty()) return {Kind::end};
        if (!revision.starts_with("-r") || !std::ranges::all_of(revision.substr(2), is_digit))
            return {Kind::unknown_revision};
        return {Kind::revision, revision.substr(2)};
    }

    std::string_view m_rest, m_revision;
    std::optional<Kind> m_last;  // none before the first token
};

int sign(int value) { return (value > 0) - (value < 0); }

int compare_numbers(std::string_view a, std::string_view b) {
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return sign(a.compare(b));
}

// As text, but runs of digits by value.
int compare_unreadable(std::string_view a, std::string_view b) {
    auto digits = [](std::string_view text) {
        return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
    };
    while (!a.empty() && !b.empty()) {
        auto in_a = digits(a), in_b = digits(b);
        int order = !in_a.empty() && !in_b.empty()
                        ? compare_numbers(in_a, in_b)
                        : int(static_cast<unsigned char>(a[0])) - int(static_cast<unsigned char>(b[0]));
        if (order != 0) return sign(order);
        a.remove_prefix(std::max<std::size_t>(in_a.size(), 1));
        b.remove_prefix(std::max<std::size_t>(in_b.size(), 1));
    }
    return int(!a.empty()) - int(!b.empty());
}

int compare_tokens(const Token& a, const Token& b) {
    if (a.kind != b.kind) return a.kind < b.kind ? -1 : 1;
    switch (a.kind) {
        case Kind::number:
            if (a.text.starts_with('0') || b.text.starts_with('0')) return sign(a.text.compare(b.text));
            return compare_numbers(a.text, b.text);
        case Kind::first_number:
        case Kind::suffix_number:
        case Kind::revision: return compare_numbers(a.text, b.text);
        case Kind::pre_release:
        case Kind::post_release: return sign(a.suffix - b.suffix);
        case Kind::letter:
        case Kind::hash: return sign(a.text.compare(b.text));
        case Kind::unreadable: return compare_unreadable(a.text, b.text);
        case Kind::unknown_revision:
        case Kind::end: return 0;
    }
    return 0;
}

}  // namespace

bool is_valid(std::string_view version) {
    Tokens tokens(version);
    for (auto token = tokens.next(); token.kind != Kind::end; token = tokens.next()) {
        if (token.kind == Kind::unreadable || token.kind == Kind::unknown_revision) return false;
        if (token.kind == Kind::revision && token.text.empty()) return false;
    }
    return true;
}

int compare(std::string_view a, std::string_view b) {
    Tokens in_a(a), in_b(b);
    while (true) {
        auto next_a = in_a.next(), next_b = in_b.next();
        if (int order = compare_tokens(next_a, next_b); order != 0) return order;
        if (next_a.kind == Kind::end) return 0;
    }
}

bool matches_prefix(std::string_view version, std::string_view prefix) {
    Tokens in_version(version), in_prefix(prefix);
    while (true) {
        auto wanted = in_prefix.next();
        if (wanted.kind == Kind::end) return true;
        if (compare_tokens(in_version.next(), wanted) != 0) return false;
    }
}

}  // namespace pith::pkg::version::apk
