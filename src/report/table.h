// Plain tables for terminals: columns as wide as their widest cell, two spaces between. Thread-safe.
#pragma once

#include <string>
#include <vector>

namespace pith::report {

struct Column {
    std::string title;
    bool right = false;  // numbers
};

[[nodiscard]] std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

}  // namespace pith::report
