#include "solve/install_time.h"

#include <fmt/format.h>

#include "base/yaml.h"

namespace pith::solve {
namespace {

std::unexpected<Error> refuse(std::string_view name, int line, std::string_view why) {
    return fail(ErrorCode::format, fmt::format("{}:{}: {}", name, line, why));
}

Result<InstallTimePackage> read_entry(const yaml::Node& node, std::string_view name) {
    InstallTimePackage entry;
    for (std::size_t i = 0; i < node.map.size(); ++i) {
        const auto& [key, value] = node.map[i];
        if (key == "package")
            entry.package = value.scalar;
        else if (key == "reason")
            entry.reason = value.scalar;
        else if (key == "of")
            for (const auto& item : value.items) entry.of.push_back(item.scalar);
        else
            return refuse(name, node.key_lines[i], fmt::format("unknown key '{}'", key));
    }
    if (entry.package.empty() || entry.reason.empty())
        return refuse(name, node.line, "an entry needs a package and a reason");
    if (node.find("of") && entry.of.empty()) return refuse(name, node.line, "'of' names no package");
    return entry;
}

}  // namespace

Result<std::vector<InstallTimePackage>> read_install_time(std::string_view text, std::string_view name) {
    auto root = TRY(yaml::parse(text, name));
    std::vector<InstallTimePackage> entries;
    for (const auto& item : root.items) entries.push_back(TRY(read_entry(item, name)));
    if (entries.empty()) return refuse(name, root.line, "expected a list of entries");
    return entries;
}

const std::vector<InstallTimePackage>& install_time_packages() {
    // The text is a constant of the program and a test reads it, so value() cannot throw here.
    static const auto entries = read_install_time(install_time_text, "install_time.yaml").value();
    return entries;
}

}  // namespace pith::solve
