// Reading a YAML mapping by a table of its keys, and scalars as what they should be.
// Every error begins with "FILE:LINE: " and names the key.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.h"

namespace pith::compose {

struct Field {
    std::string_view key;
    std::function<Result<>(const yaml::Node&)> read;
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

// Shorthands for a table: where a value goes.
[[nodiscard]] Field text_field(std::string_view key, std::string& into);
[[nodiscard]] Field texts_field(std::string_view key, std::vector<std::string>& into);
[[nodiscard]] Field path_field(std::string_view key, std::string& into);
[[nodiscard]] Field number_field(std::string_view key, std::uint32_t& into);

}  // namespace pith::compose
