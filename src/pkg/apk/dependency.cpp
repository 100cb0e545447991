// An entry is cut at its operator; what each world of names means is not asked here.
#include "pkg/apk/dependency.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pith::pkg::apk {

namespace {

constexpr std::size_t most_text = 512;        // bytes of a name or version
constexpr std::size_t most_entries = 20'000;  // of a list
constexpr std::string_view operator_characters = "<>=~";

struct Operator {
    std::string_view text;
    Comparison comparison;
};
constexpr std::array operators = {
    Operator{"<", Comparison::less},           Operator{"<=", Comparison::less_equal}, Operator{"=", Comparison::equal},
    Operator{">=", Comparison::greater_equal}, Operator{">", Comparison::greater},     Operator{"~", Comparison::fuzzy},
    Operator{"=~", Comparison::fuzzy},
};

// Three parts of an entry; no operator, no version.
struct Parts {
    std::string_view name, op, version;
};

Parts take_apart(std::string_view text) {
    auto name_end = std::min(text.find_first_of(operator_characters), text.size());
    auto op_end = std::min(text.find_first_not_of(operator_characters, name_end), text.size());
    return {text.substr(0, name_end), text.substr(name_end, op_end - name_end), text.substr(op_end)};
}

Result<> check(std::string_view what, std::string_view part) {
    if (part.empty()) return fail(ErrorCode::format, fmt::format("it has no {}", what));
    if (part.size() > most_text)
        return fail(ErrorCode::limit, fmt::format("its {} has {} bytes, more than {}", what, part.size(), most_text));
    if (!std::ranges::all_of(part, [](unsigned char c) { return c > ' ' && c < 0x7f; }))
        return fail(ErrorCode::format, fmt::format("its {} has a character that is not printable ASCII", what));
    return {};
}

Result<Comparison> comparison_of(std::string_view op) {
    auto known = std::ranges::find(operators, op, &Operator::text);
    if (known != operators.end()) return known->comparison;
    if (op == "><")
        return fail(ErrorCode::unsupported, "'><' asks for a package by its checksum; ask for its version with '='");
    return fail(ErrorCode::format, fmt::format("'{}' is no comparison; there are < <= = >= > ~", op));
}

// Cuts "@PIN" off the end of `part`.
std::string_view take_pin(std::string_view& part) {
    auto at = part.find('@');
    if (at == std::string_view::npos) return {};
    auto pin = part.substr(at + 1);
    part = part.substr(0, at);
    return pin;
}

Result<Dependency> read_dependency(std::string_view text) {
    Dependency out;
    out.conflict = text.starts_with('!');
    auto parts = take_apart(text.substr(out.conflict ? 1 : 0));
    const auto pins = std::ranges::count(text, '@');
    if (pins > 1) return fail(ErrorCode::format, "it has more than one '@'");
    auto pin = take_pin(parts.version.contains('@') ? parts.version : parts.name);
    TRY(check("name", parts.name));
    if (pins == 1) TRY(check("pin", pin));
    if (!parts.op.empty()) {
        out.relation.comparison = TRY(comparison_of(parts.op));
        TRY(check("version", parts.version));
    }
    out.relation.name = parts.name;
    out.relation.version = parts.version;
    out.relation.pin = pin;
    return out;
}

Result<Provide> read_provide(std::string_view text) {
    auto parts = take_apart(text);
    TRY(check("name", parts.name));
    if (parts.op.empty()) return Provide{std::string(parts.name)};
    if (parts.op != "=") return fail(ErrorCode::format, "a name is provided with '=VERSION' or without a version");
    TRY(check("version", parts.version));
    return Provide{std::string(parts.name), std::string(parts.version)};
}

template <class T>
Result<std::vector<T>> read_list(std::string_view list, Result<T> (*read)(std::string_view)) {
    auto entries = words(list);
    if (entries.size() > most_entries)
        return fail(ErrorCode::limit, fmt::format("{} entries, more than {}", entries.size(), most_entries));
    std::vector<T> out;
    out.reserve(entries.size());
    for (auto entry : entries) out.push_back(TRY(read(entry)));
    return out;
}

}  // namespace

Result<Dependency> parse_dependency(std::string_view text) {
    return context(read_dependency(text), fmt::format("dependency '{}'", printable(text)));
}

Result<Provide> parse_provide(std::string_view text) {
    return context(read_provide(text), fmt::format("provided name '{}'", printable(text)));
}

Result<std::vector<Dependency>> parse_dependencies(std::string_view list) { return read_list(list, &parse_dependency); }

Result<std::vector<Provide>> parse_provides(std::string_view list) { return read_list(list, &parse_provide); }

}  // namespace pith::pkg::apk
