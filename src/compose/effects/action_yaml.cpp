#include "compose/effects/action_yaml.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "compose/definition/fields.h"
#include "compose/definition/schema.h"

namespace pith::compose {

using yaml::Node;

namespace {

using Kind = Action::Kind;

// Names of users and groups as adduser allows them for the system, and of alternatives, triggers and files; '@' for
// @TRIPLET@ and its like.
bool is_name(std::string_view text) {
    auto ordinary = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !text.empty() && text.size() <= 128 && ordinary(text[0]) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return ordinary(c) || c == '-' || c == '.' || c == '+' || c == '@'; });
}

Result<std::string> read_name(const Node& node, std::string_view what) {
    auto text = TRY(read_text(node, what));
    if (is_name(text)) return text;
    return fail_at(
        node, fmt::format("'{}' should be a name of letters, digits and _-.+, but is '{}'", what, printable(text)));
}

Result<> read_owner(const Node& node, std::string_view what, Action& action) {
    auto text = TRY(read_text(node, what));
    auto parts = split(text, ':');
    if (parts.size() != 2 || !is_name(parts[0]) || !is_name(parts[1]))
        return fail_at(node, fmt::format("'{}' should be USER:GROUP, but is '{}'", what, printable(text)));
    action.owner_user = parts[0];
    action.owner_group = parts[1];
    return {};
}

// "--slave LINK NAME TARGET …"
Result<> read_slaves(const Node& node, std::string_view what, Action& action) {
    auto parts = words(node.scalar);
    bool good = node.kind == Node::Kind::scalar && parts.size() % 4 == 0;
    for (std::size_t i = 0; good && i < parts.size(); i += 4) {
        good = parts[i] == "--slave" && parts[i + 1].starts_with('/') && is_name(parts[i + 2]) &&
               parts[i + 3].starts_with('/');
        action.slaves.push_back({std::string(parts[i + 1]), std::string(parts[i + 2]), std::string(parts[i + 3])});
    }
    if (good) return {};
    return fail_at(node,
                   fmt::format("'{}' should be any number of \"--slave LINK NAME TARGET\" with absolute paths", what));
}

// See is_name().
constexpr std::string_view name_pattern = "[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}";

std::string name_schema() {
    return fmt::format(R"({{"type":["string","number","boolean"],"pattern":"^{}$","minimum":0}})", name_pattern);
}

std::string owner_schema() { return schema::pattern(fmt::format("^{0}:{0}$", name_pattern)); }

Field name_field(std::string_view key, std::string& into) {
    auto read = [key, &into](const Node& node) -> Result<> {
        into = TRY(read_name(node, key));
        return {};
    };
    return {key, read, name_schema};
}

// The generators that a trigger can ask for. Another name is an error here, so that none is asked for in vain.
constexpr std::array<std::string_view, 5> known_triggers{"ca-certificates", "ca-certificates-java", "ldconfig",
                                                         "pam-auth-update", "phpenmod"};

Field trigger_field(std::string& into) {
    auto read = [&into](const Node& node) -> Result<> {
        into = TRY(read_name(node, "trigger"));
        if (std::find(known_triggers.begin(), known_triggers.end(), into) != known_triggers.end()) return {};
        return fail_at(node,
                       fmt::format("there is no generator '{}'; known: {}", into, fmt::join(known_triggers, ", ")));
    };
    return {"trigger", read, [] { return schema::one_of({known_triggers.begin(), known_triggers.end()}); }};
}

Field owner_field(std::string_view key, Action& action) {
    return {key, [key, &action](const Node& node) { return read_owner(node, key, action); }, owner_schema};
}

Field replace_field(Action& action) { return boolean_field("replace", action.replace); }

Result<> read_group_name(const Node& node, std::vector<std::string>& groups) {
    groups.push_back(TRY(read_name(node, "groups")));
    return {};
}

Field groups_field(Action& action) {
    return items_field("groups", read_group_name, action.groups, [] { return schema::list_of(name_schema()); });
}

Field content_field(Action& action) {
    auto read = [&action](const Node& node) -> Result<> {
        if (node.kind != Node::Kind::scalar) return fail_at(node, "'content' should be text (\"\" for an empty file)");
        action.content = node.scalar;
        return {};
    };
    return {"content", read, [] { return std::string(R"({"type":["string","number","boolean"]})"); }};
}

Field priority_field(Action& action) {
    auto read = [&action](const Node& node) -> Result<> {
        action.priority = static_cast<int>(TRY(read_number(node, "priority", 1'000'000)));
        return {};
    };
    return {"priority", read, [] { return schema::number(0, 1'000'000); }};
}

std::string slaves_schema() {
    return schema::pattern(fmt::format("^\\s*(--slave\\s+/\\S*\\s+{}\\s+/\\S*(\\s+|$))*$", name_pattern));
}

Field slaves_field(Action& action) {
    return {"slaves", [&action](const Node& node) { return read_slaves(node, "slaves", action); }, slaves_schema};
}

// What a link points to is kept as it is written: it may be relative.
Field target_field(std::string_view key, Action& action) { return text_field(key, action.target); }

// One row a kind: its key, the further keys that it must have, and the fields it is read with.
struct KindRow {
    std::string_view key;
    Kind kind;
    std::vector<std::string_view> required;
    std::vector<Field> (*fields)(Action& action);
};

const std::array<KindRow, 14>& kind_rows() {
    static const std::array<KindRow, 14> rows{{
        {"user",
         Kind::user,
         {"home"},
         [](Action& a) -> std::vector<Field> {
             return {name_field("user", a.name),   path_field("home", a.home),   path_field("shell", a.shell),
                     text_field("gecos", a.gecos), name_field("group", a.group), groups_field(a)};
         }},
        {"group", Kind::group, {}, [](Action& a) -> std::vector<Field> { return {name_field("group", a.name)}; }},
        {"folder",
         Kind::folder,
         {},
         [](Action& a) -> std::vector<Field> {
             return {path_field("folder", a.path), owner_field("owner", a), mode_field("mode", a.mode),
                     replace_field(a)};
         }},
        {"owner",
         Kind::owner,
         {"to"},
         [](Action& a) -> std::vector<Field> { return {path_field("owner", a.path), owner_field("to", a)}; }},
        {"mode",
         Kind::mode,
         {"to"},
         [](Action& a) -> std::vector<Field> { return {path_field("mode", a.path), mode_field("to", a.mode)}; }},
        {"link",
         Kind::link,
         {"to"},
         [](Action& a) -> std::vector<Field> {
             return {path_field("link", a.path), target_field("to", a), replace_field(a)};
         }},
        {"copy",
         Kind::copy,
         {"to"},
         [](Action& a) -> std::vector<Field> {
             return {path_field("copy", a.target), path_field("to", a.path), owner_field("owner", a),
                     mode_field("mode", a.mode)};
         }},
        {"file",
         Kind::file,
         {"content"},
         [](Action& a) -> std::vector<Field> {
             return {path_field("file", a.path), content_field(a), owner_field("owner", a), mode_field("mode", a.mode)};
         }},
        {"remove", Kind::remove, {}, [](Action& a) -> std::vector<Field> { return {path_field("remove", a.path)}; }},
        {"alternative",
         Kind::alternative,
         {"link", "to", "priority"},
         [](Action& a) -> std::vector<Field> {
             return {name_field("alternative", a.name), path_field("link", a.path), path_field("to", a.target),
                     priority_field(a), slaves_field(a)};
         }},
        {"trigger", Kind::trigger, {}, [](Action& a) -> std::vector<Field> { return {trigger_field(a.name)}; }},
        {"tmpfiles",
         Kind::tmpfiles,
         {},
         [](Action& a) -> std::vector<Field> { return {name_field("tmpfiles", a.name)}; }},
        {"divert",
         Kind::divert,
         {"to"},
         [](Action& a) -> std::vector<Field> { return {path_field("divert", a.path), path_field("to", a.target)}; }},
        {"stop", Kind::stop, {"when"}, [](Action& a) -> std::vector<Field> { return {text_field("stop", a.content)}; }},
    }};
    return rows;
}

Result<const KindRow*> kind_of(const Node& node) {
    if (node.kind != Node::Kind::mapping || node.map.empty())
        return fail_at(node, "an action should be a mapping, as in \"folder: /var/log/x\"");
    const auto& key = node.map[0].first;
    const auto& rows = kind_rows();
    auto row = std::find_if(rows.begin(), rows.end(), [&](const KindRow& r) { return r.key == key; });
    if (row != rows.end()) return &*row;
    std::vector<std::string> known;
    for (const auto& r : rows) known.emplace_back(r.key);
    auto near = nearest(key, known, 1);
    return fail_at(node, fmt::format("an action begins with its kind, and '{}' is none; {}", printable(key),
                                     near.empty() ? "kinds: " + join(known, ", ") : "did you mean '" + near[0] + "'?"));
}

std::vector<Field> fields_of(const KindRow& row, Action& action) {
    auto fields = row.fields(action);
    fields.push_back(path_field("when", action.when));
    return fields;
}

// A text in quotes that holds no quote and no control character of its own.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out + '"';
}

}  // namespace

Result<Action> parse_action(const Node& node) {
    const KindRow* row = TRY(kind_of(node));
    Action action;
    action.kind = row->kind;
    TRY(read_mapping(node, row->key, fields_of(*row, action)));
    for (auto key : row->required)
        if (!node.find(key)) return fail_at(node, fmt::format("'{}' needs '{}'", row->key, key));
    return action;
}

Result<std::vector<Action>> parse_actions(const Node& list) {
    std::vector<Action> out;
    TRY(read_list(list, "actions", [&](const Node& item) -> Result<> {
        out.push_back(TRY(parse_action(item)));
        return {};
    }));
    if (out.empty())
        return fail_at(list, "'actions' is empty; a script that changes nothing has 'none' with the reason");
    return out;
}

std::string actions_schema() {
    std::vector<std::string> kinds;
    for (const auto& row : kind_rows()) {
        Action action;
        std::vector<std::string_view> required{row.key};
        required.insert(required.end(), row.required.begin(), row.required.end());
        kinds.push_back(schema::mapping(fields_of(row, action), required));
    }
    return fmt::format(R"({{"type":"array","minItems":1,"items":{}}})", schema::any_of(kinds));
}

void replace_texts(Action& action, const std::function<std::string(std::string_view)>& replace) {
    for (auto* text : {&action.path, &action.target, &action.content, &action.name, &action.home, &action.shell,
                       &action.gecos, &action.group, &action.owner_user, &action.owner_group, &action.when})
        *text = replace(*text);
    for (auto& group : action.groups) group = replace(group);
    for (auto& slave : action.slaves) slave = {replace(slave.link), replace(slave.name), replace(slave.target)};
}

std::string to_text(const Action& action) {
    const auto& rows = kind_rows();
    auto row = std::find_if(rows.begin(), rows.end(), [&](const KindRow& r) { return r.kind == action.kind; });
    std::string out(row->key);
    auto add = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) out += fmt::format(" {}={}", key, quoted(value));
    };
    add("name", action.name);
    add("path", action.path);
    add("target", action.target);
    add("content", action.content);
    add("home", action.home);
    add("shell", action.shell);
    add("gecos", action.gecos);
    add("group", action.group);
    for (const auto& group : action.groups) add("member-of", group);
    add("owner", action.owner_user);
    add("owner-group", action.owner_group);
    if (action.mode) out += fmt::format(" mode={:04o}", *action.mode);
    if (action.replace) out += " replace";
    if (action.priority != 0) out += fmt::format(" priority={}", action.priority);
    for (const auto& slave : action.slaves)
        out += fmt::format(" slave={},{},{}", quoted(slave.link), quoted(slave.name), quoted(slave.target));
    add("when", action.when);
    return out;
}

}  // namespace pith::compose
