// A hand-written scanner over the field: each function takes one part of the grammar or says what stands there.
#include "pkg/deb/dependency.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/text.h"
#include "pkg/version/deb.h"

namespace pith::pkg::deb {

namespace {

constexpr std::size_t most_relations = 20'000, most_name = 200;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_alphanumeric(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }
bool is_name_character(char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.' || c == '_'; }
bool is_architecture_character(char c) { return is_lower_or_digit(c) || c == '-'; }

struct Operator {
    std::string_view text;
    Comparison comparison;
};
struct Operators {
    std::string_view wanted;  // for messages
    std::span<const Operator> table;
};

// Longer ones first. dpkg still reads the old "<" and ">" as "<=" and ">=".
constexpr std::array field_operators{Operator{"<<", Comparison::less},          Operator{"<=", Comparison::less_equal},
                                     Operator{">=", Comparison::greater_equal}, Operator{">>", Comparison::greater},
                                     Operator{"=", Comparison::equal},          Operator{"<", Comparison::less_equal},
                                     Operator{">", Comparison::greater_equal}};
constexpr Operators in_fields{"one of << <= = >= >>", field_operators};
// What users write without parentheses, where "<" and ">" mean what they say, as in apk.
constexpr std::array request_operators{
    Operator{"<<", Comparison::less},          Operator{"<=", Comparison::less_equal},
    Operator{">=", Comparison::greater_equal}, Operator{">>", Comparison::greater},
    Operator{"=", Comparison::equal},          Operator{"<", Comparison::less},
    Operator{">", Comparison::greater},        Operator{"~", Comparison::fuzzy}};
constexpr Operators in_requests{"one of < <= = >= > ~", request_operators};

// "any", "linux-any", "any-arm64" and "amd64" as restrictions of "amd64" (dpkg-architecture(1), "Architecture
// wildcards"): every architecture without an operating system in its name is a Linux one.
bool architecture_matches(std::string_view wildcard, std::string_view architecture) {
    if (wildcard == "any" || wildcard == architecture) return true;
    auto hyphen = architecture.find('-');
    auto system = hyphen == std::string_view::npos ? "linux" : architecture.substr(0, hyphen);
    auto cpu = hyphen == std::string_view::npos ? architecture : architecture.substr(hyphen + 1);
    auto wanted = split(wildcard, '-');
    if (wanted.size() != 2) return false;
    return (wanted[0] == "any" || wanted[0] == system) && (wanted[1] == "any" || wanted[1] == cpu);
}

class Scanner {
public:
    Scanner(std::string_view text, std::string_view architecture) : m_text(text), m_architecture(architecture) {}

    [[nodiscard]] bool at_end() {
        skip_blanks();
        return m_at == m_text.size();
    }
    [[nodiscard]] bool is_next(std::string_view token) {
        skip_blanks();
        return m_text.substr(m_at).starts_with(token);
    }
    bool take(std::string_view token) {
        if (!is_next(token)) return false;
        m_at += token.size();
        return true;
    }
    // A relation, or nothing if its restrictions leave it out.
    Result<std::optional<Relation>> relation();
    Result<Relation> name();
    Result<> version(Relation& out, const Operators& operators, bool in_parentheses);
    [[nodiscard]] std::unexpected<Error> refuse(std::string_view why);

private:
    void skip_blanks() {
        while (m_at < m_text.size() && is_blank(m_text[m_at])) ++m_at;
    }
    template <class Predicate>
    std::string_view take_while(Predicate predicate) {
        auto start = m_at;
        while (m_at < m_text.size() && predicate(m_text[m_at])) ++m_at;
        return m_text.substr(start, m_at - start);
    }
    Result<bool> architectures_allow();
    Result<bool> profiles_allow();

    std::string_view m_text, m_architecture;
    std::size_t m_at = 0, m_count = 0;
};

std::unexpected<Error> Scanner::refuse(std::string_view why) {
    skip_blanks();
    auto rest = m_text.substr(m_at);
    return fail(ErrorCode::format,
                rest.empty() ? fmt::format("{} at the end of '{}'", why, printable(m_text, 80))
                             : fmt::format("character {}: {} before '{}'", m_at + 1, why, printable(rest, 40)));
}

Result<Relation> Scanner::name() {
    skip_blanks();
    if (++m_count > most_relations)
        return fail(ErrorCode::limit, fmt::format("a field of over {} relations", most_relations));
    auto start = m_at;
    auto text = take_while(is_name_character);
    if (!is_package_name(text)) {
        m_at = start;
        return refuse(text.empty() ? "a package name is missing" : "no package has such a name");
    }
    Relation out{.name = std::string(text)};
    if (m_at < m_text.size() && m_text[m_at] == ':') {
        ++m_at;
        out.architecture = take_while(is_architecture_character);
        if (out.architecture.empty()) return refuse("an architecture is missing");
    }
    return out;
}

Result<> Scanner::version(Relation& out, const Operators& operators, bool in_parentheses) {
    skip_blanks();
    auto found = std::ranges::find_if(operators.table, [&](const Operator& candidate) { return take(candidate.text); });
    if (found == operators.table.end()) return refuse(fmt::format("{} is missing", operators.wanted));
    out.comparison = found->comparison;
    skip_blanks();
    auto start = m_at;
    out.version = take_while([&](char c) { return !is_blank(c) && c != (in_parentheses ? ')' : '|'); });
    if (out.version.empty()) return refuse("a version is missing");
    if (auto valid = version::deb::parse(out.version); !valid)
        return context(Result<>(std::unexpected(valid.error())), fmt::format("character {}", start + 1));
    if (in_parentheses && !take(")")) return refuse("a ')' is missing");
    return {};
}

Result<bool> Scanner::architectures_allow() {
    bool named = false, other_named = false, refused = false;
    while (!take("]")) {
        bool negated = take("!");
        auto architecture = take_while(is_architecture_character);
        if (architecture.empty()) return refuse("an architecture or ']' is missing");
        if (!architecture_matches(architecture, m_architecture))
            other_named = other_named || !negated;
        else if (negated)
            refused = true;
        else
            named = true;
    }
    return !refused && (named || !other_named);
}

// No build profile is active, so a list holds if all its terms are negated. Of several lists one must hold.
Result<bool> Scanner::profiles_allow() {
    bool holds = true;
    while (!take(">")) {
        if (!take("!")) holds = false;
        auto profile = take_while([](char c) { return is_lower_or_digit(c) || c == '.' || c == '-' || c == '+'; });
        if (profile.empty()) return refuse("a build profile or '>' is missing");
    }
    return holds;
}

Result<std::optional<Relation>> Scanner::relation() {
    auto out = TRY(name());
    if (take("(")) TRY(version(out, in_fields, true));
    bool holds = true;
    if (take("[")) holds = TRY(architectures_allow());
    std::optional<bool> profiles;
    while (take("<")) {
        bool list = TRY(profiles_allow());
        profiles = profiles.value_or(false) || list;
    }
    if (!holds || !profiles.value_or(true)) return std::nullopt;
    return out;
}

}  // namespace

bool is_package_name(std::string_view text) {
    return !text.empty() && text.size() <= most_name && is_alphanumeric(text[0]) &&
           std::ranges::all_of(text, is_name_character);
}

bool is_architecture(std::string_view text) {
    return !text.empty() && text.size() <= 64 && is_lower_or_digit(text[0]) &&
           std::ranges::all_of(text, is_architecture_character);
}

Result<std::vector<Alternatives>> parse_depends(std::string_view field, std::string_view architecture) {
    Scanner scanner(field, architecture);
    std::vector<Alternatives> out;
    if (scanner.at_end()) return out;
    do {
        Alternatives alternatives;
        do {
            if (auto relation = TRY(scanner.relation())) alternatives.push_back(std::move(*relation));
        } while (scanner.take("|"));
        if (!alternatives.empty()) out.push_back(std::move(alternatives));
    } while (scanner.take(","));
    if (!scanner.at_end()) return scanner.refuse("a ',' or '|' is missing");
    return out;
}

Result<std::vector<Relation>> parse_relations(std::string_view field, std::string_view architecture) {
    Scanner scanner(field, architecture);
    std::vector<Relation> out;
    if (scanner.at_end()) return out;
    do {
        if (auto relation = TRY(scanner.relation())) out.push_back(std::move(*relation));
    } while (scanner.take(","));
    if (!scanner.at_end()) return scanner.refuse("a ',' is missing");
    return out;
}

Result<std::vector<Provide>> parse_provides(std::string_view field, std::string_view architecture) {
    std::vector<Provide> out;
    for (auto& relation : TRY(parse_relations(field, architecture))) {
        if (relation.comparison != Comparison::any && relation.comparison != Comparison::equal)
            return fail(ErrorCode::format,
                        fmt::format("'{}' can only be provided in one version, with '='", relation.name));
        if (!relation.architecture.empty())
            return fail(ErrorCode::unsupported, fmt::format("'{}:{}': a package provided for one architecture",
                                                            relation.name, relation.architecture));
        out.push_back({std::move(relation.name), std::move(relation.version)});
    }
    return out;
}

Result<PackageRequest> parse_package_request(std::string_view text) {
    Scanner scanner(text, "");
    PackageRequest out;
    out.excluded = scanner.take("!");
    do {
        auto& relation = out.any_of.emplace_back(TRY(scanner.name()));
        if (scanner.take("("))
            TRY(scanner.version(relation, in_fields, true));
        else if (!scanner.at_end() && !scanner.is_next("|"))
            TRY(scanner.version(relation, in_requests, false));
    } while (!out.excluded && scanner.take("|"));
    if (!scanner.at_end()) return scanner.refuse("the entry should end");
    return out;
}

}  // namespace pith::pkg::deb
