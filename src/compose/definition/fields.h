// Reading a YAML mapping by a table of its keys, and scalars as what they should be.
// Every error begins with "FILE:LINE: " and names the key.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.h"

namespace pith::compose {

struct Field {
    std::string_view key;
    std::function<Result<>(const yaml::Node&)> read;
    std::string (*schema)() = nullptr;  // of the value, as JSON (schema.h); only tables of definitions have it
    std::string_view about = {};        // what the key says, for those who write one
};

// Calls the reader of each key that stands in the mapping, in the order of the file. `what` names the
// mapping in messages ("contents"). A key that is not in the table is an error with the nearest known one.
[[nodiscard]] Result<> read_mapping(const yaml::Node& node, std::string_view what, const std::vector<Field>& fields);

// Calls `read` for each item of a list; a lone scalar or mapping is not taken for a list.
[[nodiscard]] Result<> read_list(const yaml::Node& node, std::string_view what,
                                 const std::function<Result<>(const yaml::Node&)>& read);

[[nodiscard]] std::unexpected<Error> fail_at(const yaml::Node& node, std::string_view message);

[[nodiscard]] Result<std::string> read_text(const yaml::Node& node, std::string_view what);  // not empty
[[nodiscard]] Result<bool> read_boolean(const yaml::Node& node, std::string_view what);
[[nodiscard]] Result<std::uint32_t> read_number(const yaml::Node& node, std::string_view what, std::uint32_t most);
// Octal with a leading 0 or 0o ("0755", 0o755), as YAML 1.1 and 1.2 write it; at most 07777.
[[nodiscard]] Result<std::uint32_t> read_mode(const yaml::Node& node, std::string_view what);
[[nodiscard]] Result<std::vector<std::string>> read_texts(const yaml::Node& node, std::string_view what);
[[nodiscard]] Result<std::map<std::string, std::string>> read_text_map(const yaml::Node& node, std::string_view what);
// A command: a list of words, or one text that is split as a shell would (quotes and backslashes, no expansion).
[[nodiscard]] Result<std::vector<std::string>> read_command(const yaml::Node& node, std::string_view what);
// An absolute path in the image without "..", doubled slashes and a trailing slash.
[[nodiscard]] Result<std::string> read_path(const yaml::Node& node, std::string_view what);

// The name of a signal, or its number.
[[nodiscard]] Result<std::string> read_signal(const yaml::Node& node, std::string_view what);

// Shorthands for a table: where a value goes.
[[nodiscard]] Field text_field(std::string_view key, std::string& into, std::string_view about = {});
[[nodiscard]] Field texts_field(std::string_view key, std::vector<std::string>& into, std::string_view about = {});
[[nodiscard]] Field path_field(std::string_view key, std::string& into, std::string_view about = {});
[[nodiscard]] Field paths_field(std::string_view key, std::vector<std::string>& into, std::string_view about = {});
[[nodiscard]] Field number_field(std::string_view key, std::uint32_t& into,
                                 std::string_view about = {});  // a uid or gid
[[nodiscard]] Field mode_field(std::string_view key, std::optional<std::uint32_t>& into, std::string_view about = {});
[[nodiscard]] Field boolean_field(std::string_view key, bool& into, std::string_view about = {});
[[nodiscard]] Field command_field(std::string_view key, std::vector<std::string>& into, std::string_view about = {});
[[nodiscard]] Field signal_field(std::string_view key, std::string& into, std::string_view about = {});
// A text that is one of a few; `take` gets its place among them.
[[nodiscard]] Field choice_field(std::string_view key, const std::vector<std::string_view>& choices,
                                 std::function<void(std::size_t)> take, std::string (*schema)(),
                                 std::string_view about = {});

// A list whose items are appended by a function of their own.
template <class T>
[[nodiscard]] Field items_field(std::string_view key, Result<> (*read)(const yaml::Node&, std::vector<T>&),
                                std::vector<T>& into, std::string (*schema)(), std::string_view about = {}) {
    auto read_items = [key, read, &into](const yaml::Node& node) {
        return read_list(node, key, [&](const yaml::Node& item) { return read(item, into); });
    };
    return {key, read_items, schema, about};
}

}  // namespace pith::compose
