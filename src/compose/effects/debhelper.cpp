#include "compose/effects/debhelper.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/definition/fields.h"
#include "compose/effects/action_yaml.h"

namespace pith::compose {

using yaml::Node;

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The length of the longest beginning of `text` that is made of letters, digits and `others`; with `escaped`, also
// of those characters after a backslash.
std::size_t run_of(std::string_view text, std::string_view others, std::string_view escaped = {}) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (is_alphanumeric(text[at]) || others.find(text[at]) != std::string_view::npos)
            ++at;
        else if (text[at] == '\\' && at + 1 < text.size() && escaped.find(text[at + 1]) != std::string_view::npos)
            at += 2;
        else
            break;
    }
    return at;
}

// Each of these gives how much of the beginning of `text` is a value of its kind; nothing where it is none.
// No value begins with '-', so that none can be taken for an option.
using Taker = std::optional<std::size_t> (*)(std::string_view text);

std::optional<std::size_t> unless_empty_or_option(std::string_view text, std::size_t length) {
    if (length == 0 || text[0] == '-') return std::nullopt;
    return length;
}

std::optional<std::size_t> take_word(std::string_view text) {
    return unless_empty_or_option(text, run_of(text, "_.+@-"));
}

std::optional<std::size_t> take_path(std::string_view text) {
    return unless_empty_or_option(text, run_of(text, "/_.+@:,=~-", "~+:"));
}

std::optional<std::size_t> take_version(std::string_view text) {
    return unless_empty_or_option(text, run_of(text, ".+~:-", "~+:"));
}

std::optional<std::size_t> take_number(std::string_view text) {
    auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    return unless_empty_or_option(text, end);
}

// 'nginx.service' 'nginx-reload\x2dnow.path'
std::optional<std::size_t> take_units(std::string_view text) {
    std::size_t at = 0;
    for (;;) {
        if (at == text.size() || text[at] != '\'') return std::nullopt;
        auto name = take_word(text.substr(at + 1));
        auto length = run_of(text.substr(at + 1), "_.:@-\\");
        auto end = at + 1 + length;
        if (!name || end == text.size() || text[end] != '\'') return std::nullopt;
        at = end + 1;
        if (!text.substr(at).starts_with(" '")) return at;
        ++at;
    }
}

std::optional<std::size_t> take_slaves(std::string_view text) {
    constexpr std::string_view option = "--slave ";
    std::size_t at = 0, end = 0;  // `end` stands before the space that follows the last slave
    while (text.substr(at).starts_with(option)) {
        at += option.size();
        for (Taker take : {take_path, take_word, take_path}) {
            auto length = take(text.substr(at));
            if (!length) return std::nullopt;
            end = at + *length;
            if (end < text.size() && text[end] != ' ') return std::nullopt;
            at = std::min(end + 1, text.size());
        }
    }
    if (end == 0) return std::nullopt;
    return end;
}

struct ValueKind {
    std::string_view name;
    Taker take;
    std::string_view sample;  // to check a template's actions when it is read
};

constexpr std::array<ValueKind, 6> value_kinds{{
    {"word", take_word, "x"},
    {"path", take_path, "/x"},
    {"version", take_version, "1"},
    {"number", take_number, "1"},
    {"units", take_units, "'x'"},
    {"slaves", take_slaves, "--slave /x x /x"},
}};

struct Placeholder {
    std::size_t length = 0;  // in the template, with < and >
    std::string_view name;   // "script" of <script:word>, empty for <word>
    const ValueKind* kind = nullptr;
};

// The placeholder at the beginning of `text`. Its kind is null where there is none of that name.
std::optional<Placeholder> placeholder(std::string_view text) {
    if (!text.starts_with('<')) return std::nullopt;
    auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz:", 1);
    if (end == std::string_view::npos || end == 1 || text[end] != '>') return std::nullopt;
    auto inside = text.substr(1, end - 1);
    auto colon = inside.find(':');
    auto name = colon == std::string_view::npos ? std::string_view{} : inside.substr(0, colon);
    auto kind_name = colon == std::string_view::npos ? inside : inside.substr(colon + 1);
    auto kind =
        std::find_if(value_kinds.begin(), value_kinds.end(), [&](const auto& k) { return k.name == kind_name; });
    return Placeholder{end + 1, name, kind == value_kinds.end() ? nullptr : &*kind};
}

bool match_line(std::string_view pattern, std::string_view line, Values& values) {
    while (!pattern.empty()) {
        auto holder = placeholder(pattern);
        if (!holder) {
            if (line.empty() || line[0] != pattern[0]) return false;
            pattern.remove_prefix(1);
            line.remove_prefix(1);
            continue;
        }
        auto length = holder->kind->take(line);
        if (!length) return false;
        std::string value(line.substr(0, *length));
        if (!holder->name.empty()) {
            auto [it, fresh] = values.emplace(holder->name, value);
            if (!fresh && it->second != value) return false;
        }
        pattern.remove_prefix(holder->length);
        line.remove_prefix(*length);
    }
    return line.empty();
}

// Joins lines that end in a backslash and makes every run of blanks one space.
std::vector<std::string> logical_lines(const std::vector<std::string_view>& lines) {
    std::vector<std::string> out;
    bool joined = false;
    for (auto line : lines) {
        line = trim(line);
        const bool goes_on = line.ends_with('\\');
        if (goes_on) line.remove_suffix(1);
        std::string text;
        for (auto word : words(line)) text += (text.empty() ? "" : " ") + std::string(word);
        if (!joined)
            out.push_back(std::move(text));
        else if (!text.empty())
            out.back() += " " + text;
        joined = goes_on;
    }
    std::erase_if(out, [](const std::string& line) { return line.empty(); });
    return out;
}

// A copy of a template's actions with each <name> in a text replaced by its value.
Node substitute(Node node, const Values& values) {
    for (const auto& [name, value] : values) {
        const std::string holder = "<" + name + ">";
        for (auto at = node.scalar.find(holder); at != std::string::npos;
             at = node.scalar.find(holder, at + value.size()))
            node.scalar.replace(at, holder.size(), value);
    }
    for (auto& item : node.items) item = substitute(std::move(item), values);
    for (auto& [key, value] : node.map) value = substitute(std::move(value), values);
    return node;
}

// The lines of a template as they are compared; `samples` gets a value for each named placeholder.
Result<std::vector<std::string>> read_pattern(const Node& node, std::string_view what, Values& samples) {
    auto text = TRY(read_text(node, what));
    auto lines = logical_lines(split(text, '\n'));
    for (std::string_view line : lines) {
        for (auto at = line.find('<'); at != std::string_view::npos; at = line.find('<', at + 1)) {
            auto holder = placeholder(line.substr(at));
            if (!holder) continue;
            if (holder->kind == nullptr)
                return fail_at(node, fmt::format("'{}' is no kind of value", line.substr(at, holder->length)));
            if (!holder->name.empty()) samples.emplace(holder->name, holder->kind->sample);
        }
    }
    return lines;
}

}  // namespace

Result<SectionTemplates> SectionTemplates::parse(std::string_view yaml_text, std::string_view name) {
    SectionTemplates out;
    auto read_template = [&](const Node& node) -> Result<> {
        Template made;
        Values samples;
        TRY(read_mapping(node, "template",
                         {{"body",
                           [&](const Node& n) -> Result<> {
                               made.lines = TRY(read_pattern(n, "body", samples));
                               return {};
                           }},
                          {"any-of",
                           [&](const Node& n) -> Result<> {
                               made.lines = TRY(read_pattern(n, "any-of", samples));
                               made.any = true;
                               return {};
                           }},
                          text_field("none", made.none),
                          {"actions", [&](const Node& n) -> Result<> {
                               made.actions = n;
                               return {};
                           }}}));
        if ((node.find("body") == nullptr) == (node.find("any-of") == nullptr))
            return fail_at(node, "a template has either 'body' or 'any-of'");
        const bool acts = node.find("actions") != nullptr;
        if (acts == (node.find("none") != nullptr)) return fail_at(node, "a template has either 'none' or 'actions'");
        if (acts && made.any) return fail_at(node, "lines in any order ('any-of') cannot have 'actions'");
        if (acts) TRY(parse_actions(substitute(made.actions, samples)));
        out.m_templates.push_back(std::move(made));
        return {};
    };
    auto root = TRY(yaml::parse(yaml_text, name));
    TRY(read_mapping(root, "templates",
                     {{"templates", [&](const Node& list) { return read_list(list, "templates", read_template); }}}));
    return out;
}

std::optional<SectionEffects> SectionTemplates::match(const ScriptPart& section) const {
    std::vector<std::string_view> raw;
    for (const auto& line : section.lines) raw.push_back(line.text);
    const auto lines = logical_lines(raw);

    auto matches = [&](const Template& t, Values& values) {
        if (t.any)
            return !lines.empty() && std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
                return std::any_of(t.lines.begin(), t.lines.end(), [&](const std::string& pattern) {
                    Values unused;
                    return match_line(pattern, line, unused);
                });
            });
        return std::equal(
            lines.begin(), lines.end(), t.lines.begin(), t.lines.end(),
            [&](const std::string& line, const std::string& pattern) { return match_line(pattern, line, values); });
    };
    for (const auto& t : m_templates) {
        Values values;
        if (!matches(t, values)) continue;
        if (!t.none.empty()) return SectionEffects{{}, t.none};
        // Values that make no valid action (a relative path) are as unknown as a body that matches nothing.
        if (auto actions = parse_actions(substitute(t.actions, values))) return SectionEffects{std::move(*actions), {}};
    }
    return std::nullopt;
}

}  // namespace pith::compose
