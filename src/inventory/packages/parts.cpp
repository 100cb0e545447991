#include "inventory/packages/parts.h"

#include <fmt/format.h>

#include "base/text.h"

namespace pith::inventory::packages {

void add_part(std::string& record, std::string_view name, std::string_view text) {
    record += fmt::format("{} {}\n{}\n", name, text.size(), text);
}

std::optional<std::vector<Part>> read_parts(std::string_view record) {
    std::vector<Part> out;
    while (!record.empty()) {
        auto line = record.substr(0, record.find('\n'));
        auto space = line.find(' ');
        if (line.size() == record.size() || space == line.npos) return std::nullopt;
        auto size = parse_number(line.substr(space + 1));
        auto rest = record.substr(line.size() + 1);
        if (!size || *size >= rest.size() || rest[*size] != '\n') return std::nullopt;
        out.push_back({line.substr(0, space), rest.substr(0, *size)});
        record = rest.substr(*size + 1);
    }
    return out;
}

}  // namespace pith::inventory::packages
