#include "report/inventory_report.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/table.h"

namespace pith::report {

std::string to_text(const inventory::Inventory& inventory) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& package : inventory.packages) {
        std::uint64_t bytes = 0;
        for (auto at : package.files) bytes += inventory.files[at].size;
        rows.push_back({printable(package.name), printable(package.version), printable(package.type),
                        printable(package.architecture), fmt::format("{}", package.files.size()), human_size(bytes),
                        printable(package.licence.empty() ? "-" : package.licence, 60)});
    }
    std::uint64_t unowned = 0, bytes = 0;
    for (const auto& file : inventory.files)
        if (file.package == inventory::unowned && file.type == archive::EntryType::file) ++unowned, bytes += file.size;
    auto out = table(
        {{"package"}, {"version"}, {"type"}, {"architecture"}, {"files", true}, {"size", true}, {"licence"}}, rows);
    out += fmt::format("  {} packages of {}; {} files that no package owns ({})\n", inventory.packages.size(),
                       printable(inventory.distribution.pretty_name.empty() ? "an unknown distribution"
                                                                            : inventory.distribution.pretty_name),
                       unowned, human_size(bytes));
    for (const auto& note : inventory.notes) out += fmt::format("  note: {}\n", printable(note, 500));
    return out;
}

}  // namespace pith::report
