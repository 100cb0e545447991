#include "compose/definition/fields.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "compose/definition/schema.h"
#include "compose/definition/signals.h"

namespace pith::compose {

using yaml::Node;

namespace {

std::string_view kind_name(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::null: return "nothing";
        case Node::Kind::scalar: return "a single value";
        case Node::Kind::sequence: return "a list";
        case Node::Kind::mapping: return "a mapping";
    }
    return {};
}

Result<> expect(const Node& node, Node::Kind kind, std::string_view what) {
    if (node.kind == kind) return {};
    return fail_at(node, fmt::format("'{}' should be {}, but is {}", what, kind_name(kind), kind_name(node.kind)));
}

std::string unknown_key(std::string_view key, std::string_view what, const std::vector<Field>& fields) {
    std::vector<std::string> known;
    for (const auto& field : fields) known.emplace_back(field.key);
    auto near = nearest(key, known, 1);
    std::sort(known.begin(), known.end());
    return fmt::format(
        "unknown key '{}' in {}; {}", printable(key), what,
        near.empty() ? fmt::format("known keys: {}", join(known, ", ")) : fmt::format("did you mean '{}'?", near[0]));
}

}  // namespace

std::unexpected<Error> fail_at(const Node& node, std::string_view message) {
    return fail(ErrorCode::usage, fmt::format("{}: {}", node.place(), message));
}

Result<> read_mapping(const Node& node, std::string_view what, const std::vector<Field>& fields) {
    if (node.kind == Node::Kind::null) return {};
    TRY(expect(node, Node::Kind::mapping, what));
    for (std::size_t i = 0; i < node.map.size(); ++i) {
        const auto& [key, value] = node.map[i];
        auto field = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.key == key; });
        if (field == fields.end()) {
            Node at = value;
            at.line = node.key_lines[i];
            return fail_at(at, unknown_key(key, what, fields));
        }
        TRY(field->read(value));
    }
    return {};
}

Result<> read_list(const Node& node, std::string_view what, const std::function<Result<>(const Node&)>& read) {
    if (node.kind == Node::Kind::null) return {};
    TRY(expect(node, Node::Kind::sequence, what));
    for (const auto& item : node.items) TRY(read(item));
    return {};
}

Result<std::string> read_text(const Node& node, std::string_view what) {
    TRY(expect(node, Node::Kind::scalar, what));
    if (node.scalar.empty()) return fail_at(node, fmt::format("'{}' is empty", what));
    if (node.scalar.find('\0') != std::string::npos) return fail_at(node, fmt::format("'{}' holds a NUL byte", what));
    return node.scalar;
}

Result<bool> read_boolean(const Node& node, std::string_view what) {
    TRY(expect(node, Node::Kind::scalar, what));
    if (node.scalar == "true" && !node.quoted) return true;
    if (node.scalar == "false" && !node.quoted) return false;
    return fail_at(node, fmt::format("'{}' should be true or false, but is '{}'", what, printable(node.scalar)));
}

Result<std::uint32_t> read_number(const Node& node, std::string_view what, std::uint32_t most) {
    TRY(expect(node, Node::Kind::scalar, what));
    auto number = parse_number(node.scalar);
    if (!number || *number > most || node.quoted)
        return fail_at(node, fmt::format("'{}' should be a whole number from 0 to {}, but is {}'{}'", what, most,
                                         node.quoted ? "the text " : "", printable(node.scalar)));
    return static_cast<std::uint32_t>(*number);
}

Result<std::uint32_t> read_mode(const Node& node, std::string_view what) {
    TRY(expect(node, Node::Kind::scalar, what));
    std::string_view digits = node.scalar;
    if (digits.starts_with("0o"))
        digits.remove_prefix(2);
    else if (!digits.starts_with("0"))
        return fail_at(node, fmt::format("'{}' should be octal and begin with 0, as in 0755, but is '{}'", what,
                                         printable(node.scalar)));
    auto mode = parse_number(digits, 8);
    if (!mode || *mode > 07777)
        return fail_at(
            node, fmt::format("'{}' should be an octal mode up to 07777, but is '{}'", what, printable(node.scalar)));
    return static_cast<std::uint32_t>(*mode);
}

Result<std::vector<std::string>> read_texts(const Node& node, std::string_view what) {
    std::vector<std::string> out;
    TRY(read_list(node, what, [&](const Node& item) -> Result<> {
        out.push_back(TRY(read_text(item, what)));
        return {};
    }));
    return out;
}

Result<std::map<std::string, std::string>> read_text_map(const Node& node, std::string_view what) {
    std::map<std::string, std::string> out;
    if (node.kind == Node::Kind::null) return out;
    TRY(expect(node, Node::Kind::mapping, what));
    for (const auto& [key, value] : node.map) {
        if (key.empty() || key.find_first_of(std::string_view("=\0", 2)) != std::string::npos)
            return fail_at(
                value, fmt::format("'{}': a name may not be empty or hold '=', as '{}' does", what, printable(key)));
        if (value.kind != Node::Kind::null) TRY(expect(value, Node::Kind::scalar, key));
        if (value.scalar.find('\0') != std::string::npos)
            return fail_at(value, fmt::format("'{}' holds a NUL byte", printable(key)));
        out[key] = value.scalar;
    }
    return out;
}

Result<std::vector<std::string>> read_command(const Node& node, std::string_view what) {
    if (node.kind == Node::Kind::sequence) return read_texts(node, what);
    auto text = TRY(read_text(node, what));
    std::vector<std::string> out;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
            in_word = false;
            continue;
        }
        if (!in_word) out.emplace_back();
        in_word = true;
        if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            char next = text[++i];
            if (quote == '"' && next != '"' && next != '\\' && next != '$' && next != '`') out.back() += c;
            out.back() += next;
        } else {
            out.back() += c;
        }
    }
    if (quote != 0) return fail_at(node, fmt::format("'{}' has a quote ({}) that is not closed", what, quote));
    return out;
}

Result<std::string> read_path(const Node& node, std::string_view what) {
    auto text = TRY(read_text(node, what));
    if (text[0] != '/')
        return fail_at(node,
                       fmt::format("'{}' should be an absolute path in the image, but is '{}'", what, printable(text)));
    std::string out;
    for (auto part : split(text, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == "..") return fail_at(node, fmt::format("'{}' may not hold '..': '{}'", what, printable(text)));
        out += '/';
        out += part;
    }
    return out.empty() ? "/" : out;
}

Result<std::string> read_signal(const Node& node, std::string_view what) {
    auto text = TRY(read_text(node, what));
    if (is_signal(text)) return text;
    return fail_at(
        node, fmt::format("'{}' should be a signal such as SIGTERM, QUIT or 15, but is '{}'", what, printable(text)));
}

namespace {

// A field whose reader gives the value.
template <class Into, class Read>
Field value_field(std::string_view key, Into& into, Read read, std::string (*schema)(), std::string_view about) {
    auto store = [key, read, &into](const Node& node) -> Result<> {
        into = TRY(read(node, key));
        return {};
    };
    return {key, store, schema, about};
}

Result<std::vector<std::string>> read_paths(const Node& node, std::string_view what) {
    std::vector<std::string> out;
    TRY(read_list(node, what, [&](const Node& item) -> Result<> {
        out.push_back(TRY(read_path(item, what)));
        return {};
    }));
    return out;
}

Result<std::uint32_t> read_id(const Node& node, std::string_view what) { return read_number(node, what, 0xfffffffe); }

}  // namespace

Field text_field(std::string_view key, std::string& into, std::string_view about) {
    return value_field(key, into, read_text, schema::text, about);
}

Field texts_field(std::string_view key, std::vector<std::string>& into, std::string_view about) {
    return value_field(key, into, read_texts, schema::texts, about);
}

Field path_field(std::string_view key, std::string& into, std::string_view about) {
    return value_field(key, into, read_path, schema::path, about);
}

Field paths_field(std::string_view key, std::vector<std::string>& into, std::string_view about) {
    return value_field(key, into, read_paths, schema::paths, about);
}

Field number_field(std::string_view key, std::uint32_t& into, std::string_view about) {
    return value_field(key, into, read_id, schema::id, about);
}

Field mode_field(std::string_view key, std::optional<std::uint32_t>& into, std::string_view about) {
    return value_field(key, into, read_mode, schema::mode, about);
}

Field boolean_field(std::string_view key, bool& into, std::string_view about) {
    return value_field(key, into, read_boolean, schema::boolean, about);
}

Field command_field(std::string_view key, std::vector<std::string>& into, std::string_view about) {
    return value_field(key, into, read_command, schema::command, about);
}

Field signal_field(std::string_view key, std::string& into, std::string_view about) {
    return value_field(key, into, read_signal, schema::signal, about);
}

Field choice_field(std::string_view key, const std::vector<std::string_view>& choices,
                   std::function<void(std::size_t)> take, std::string (*schema)(), std::string_view about) {
    auto read = [key, choices, take = std::move(take)](const Node& node) -> Result<> {
        auto text = TRY(read_text(node, key));
        auto found = std::ranges::find(choices, text);
        if (found == choices.end())
            return fail_at(node, fmt::format("'{}' is {}, not '{}'", key, fmt::join(choices, " or "), printable(text)));
        take(static_cast<std::size_t>(found - choices.begin()));
        return {};
    };
    return {key, read, schema, about};
}

}  // namespace pith::compose
