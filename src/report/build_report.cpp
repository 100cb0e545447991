#include "report/build_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/table.h"

namespace pith::report {

namespace {

using compose::BuildSummary;
using solve::LeftOut;

std::string packages_table(const BuildSummary& summary) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& package : summary.packages)
        rows.push_back({package.name, package.version, fmt::format("{}", package.files), human_size(package.bytes),
                        package.made ? "new" : ""});
    return table({{"package"}, {"version"}, {"files", true}, {"size", true}, {""}}, rows);
}

std::string left_out_packages(const BuildSummary& summary) {
    std::string out;
    for (const auto& left : summary.left_out)
        out +=
            fmt::format("  left out {}: {} ({})\n", left.package, left.reason,
                        left.needed_by.empty() ? "nothing needs it here" : "needed by " + join(left.needed_by, ", "));
    return out;
}

std::string left_out_files(const BuildSummary& summary) {
    std::vector<std::string> parts;
    for (const auto& rule : summary.left_out_files)
        parts.push_back(fmt::format("{} ({} file{}, {})", rule.rule, rule.files, rule.files == 1 ? "" : "s",
                                    human_size(rule.bytes)));
    return parts.empty() ? "" : fmt::format("  files left out: {}\n", join(parts, "; "));
}

std::string dropped_bits(const BuildSummary& summary) {
    const auto& paths = summary.bits_dropped;
    if (paths.empty()) return "";
    return fmt::format("  setuid and setgid dropped from {} file{}: {}\n", paths.size(), paths.size() == 1 ? "" : "s",
                       join(paths, ", "));
}

std::string platform_text(const BuildReport& report, const BuildSummary& summary) {
    auto name = report.definition + (report.variant.empty() ? "" : ":" + report.variant);
    return fmt::format("{} for {}: {} packages, {} in {} layers ({} unpacked); {} members new, {} reused\n", name,
                       summary.platform.text(), summary.packages.size(), human_size(summary.blob_size), summary.layers,
                       human_size(summary.tar_size), summary.members_new, summary.members_reused) +
           packages_table(summary) + left_out_packages(summary) + left_out_files(summary) + dropped_bits(summary);
}

}  // namespace

std::string to_text(const BuildReport& report) {
    std::string out;
    for (const auto& source : report.sources) out += "from " + source + "\n";
    for (const auto& summary : report.platforms) out += platform_text(report, summary);
    for (const auto& output : report.outputs) out += fmt::format("wrote {}\n", output);
    for (const auto& sbom : report.sboms) out += fmt::format("wrote {}\n", sbom);
    return out + fmt::format("digest {}\n", report.digest.text());
}

std::string to_json(const BuildReport& report) {
    using json = nlohmann::ordered_json;
    json platforms = json::array();
    for (const auto& summary : report.platforms) {
        json packages = json::array(), left_out = json::array(), files = json::array();
        for (const auto& p : summary.packages)
            packages.push_back(
                {{"name", p.name}, {"version", p.version}, {"files", p.files}, {"bytes", p.bytes}, {"new", p.made}});
        for (const auto& left : summary.left_out)
            left_out.push_back({{"package", left.package},
                                {"why", left.why == LeftOut::Why::without ? "without" : "install-time"},
                                {"reason", left.reason},
                                {"neededBy", left.needed_by}});
        for (const auto& rule : summary.left_out_files)
            files.push_back(
                {{"rule", rule.rule}, {"reason", rule.reason}, {"files", rule.files}, {"bytes", rule.bytes}});
        platforms.push_back({{"platform", summary.platform.text()},
                             {"packages", packages},
                             {"leftOut", left_out},
                             {"leftOutFiles", files},
                             {"effects", summary.effects},
                             {"setuidDropped", summary.bits_dropped},
                             {"layers", summary.layers},
                             {"membersNew", summary.members_new},
                             {"membersReused", summary.members_reused},
                             {"unpackedBytes", summary.tar_size},
                             {"bytes", summary.blob_size}});
    }
    json document = {{"definition", report.definition}, {"variant", report.variant}, {"sources", report.sources},
                     {"platforms", platforms},          {"outputs", report.outputs}, {"sboms", report.sboms},
                     {"digest", report.digest.text()}};
    return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace pith::report
