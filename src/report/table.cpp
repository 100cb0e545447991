#include "report/table.h"

#include <algorithm>

namespace pith::report {

std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        widths.push_back(columns[i].title.size());
        for (const auto& row : rows) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    auto line = [&](auto cell) {
        std::string text = " ";
        for (std::size_t i = 0; i < columns.size(); ++i) {
            std::string pad(widths[i] - cell(i).size(), ' ');
            text += " ";
            text += columns[i].right ? pad + cell(i) : cell(i) + pad;
            text += " ";
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    };
    line([&](std::size_t i) -> const std::string& { return columns[i].title; });
    for (const auto& row : rows) line([&](std::size_t i) -> const std::string& { return row[i]; });
    return out;
}

}  // namespace pith::report
