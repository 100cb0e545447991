// The JSON Schema of a definition (draft 2020-12), made from the tables that read it: each Field tells the schema of
// its value, so a key that is read is in the schema, and none else.
//
// What a schema cannot say is left to pith: that a quote is closed, that a file or a package exists, that an action's
// kind is its first key. An octal mode is a number to those who read YAML, so any number up to 07777 passes.
#pragma once

#include <string>
#include <vector>

#include "compose/definition/fields.h"

namespace pith::compose {

// As JSON text: two spaces deep, keys in the order of the tables, a line feed at the end.
[[nodiscard]] std::string definition_schema();

// The schemas of single values, as JSON text.
namespace schema {

std::string text();  // what read_text() takes: numbers and booleans are texts too
std::string texts();
std::string boolean();
std::string mode();
std::string path();
std::string paths();
std::string id();  // a uid or gid
std::string digest();
std::string signal();
std::string command();
std::string text_map();

[[nodiscard]] std::string number(std::uint32_t least, std::uint32_t most);
[[nodiscard]] std::string pattern(std::string_view pattern);  // a text that matches
[[nodiscard]] std::string one_of(const std::vector<std::string_view>& values);
[[nodiscard]] std::string list_of(std::string_view item);  // or nothing, as everywhere
[[nodiscard]] std::string any_of(const std::vector<std::string>& schemas);
// A mapping with these keys and no others. `rules` are further members of the schema, as JSON without braces.
[[nodiscard]] std::string mapping(const std::vector<Field>& fields, const std::vector<std::string_view>& required = {},
                                  std::string_view rules = {});

}  // namespace schema

}  // namespace pith::compose
