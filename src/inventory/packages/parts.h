// Small records of named texts: what is kept of a large file. "NAME LENGTH\nTEXT\n", as often as need be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pith::inventory::packages {

struct Part {
    std::string_view name, text;
};

void add_part(std::string& record, std::string_view name, std::string_view text);
// Views of the record; nothing where it is damaged.
[[nodiscard]] std::optional<std::vector<Part>> read_parts(std::string_view record);

}  // namespace pith::inventory::packages
