#include "report/difference_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/findings_report.h"
#include "report/markup.h"
#include "report/table.h"

namespace pith::report {

using advisory::Fate;
using advisory::Findings;
using advisory::Severity;
using advisory::Tally;
using inventory::Change;
using inventory::ChangedFile;
using inventory::Difference;
using inventory::Package;
using json = nlohmann::ordered_json;

namespace {

template <class T>
std::string_view verb(const Change<T>& change) {
    if (!change.before) return "added";
    return change.after ? "changed" : "removed";
}

std::string version_of(const Package* package) { return package ? printable(package->version) : ""; }

struct Counts {
    std::size_t added = 0, removed = 0, changed = 0;
};

template <class T>
void count(const Change<T>& change, Counts& counts) {
    ++(!change.before ? counts.added : change.after ? counts.changed : counts.removed);
}

Counts count_files(const Difference& difference) {
    Counts out;
    for (const auto& each : difference.files) count(each.file, out);
    return out;
}

std::string what_of(const ChangedFile& changed) {
    std::vector<std::string> out;
    for (auto what : changed.what) out.emplace_back(to_text(what));
    return join(out, ", ");
}

using Row = std::vector<std::string>;

Row total_row(std::string name, std::size_t before, std::size_t after) {
    return {std::move(name), fmt::format("{}", before), fmt::format("{}", after),
            change_text(static_cast<double>(before), static_cast<double>(after))};
}

// A bill of materials names no files: of them nothing is said then.
std::vector<Row> total_rows(const Difference& difference) {
    const auto &before = difference.before, &after = difference.after;
    std::vector<Row> out = {total_row("packages", before.packages, after.packages)};
    if (before.files == 0 || after.files == 0) return out;
    out.push_back(total_row("files", before.files, after.files));
    out.push_back({"size", human_size(before.bytes), human_size(after.bytes),
                   change_text(static_cast<double>(before.bytes), static_cast<double>(after.bytes))});
    out.push_back(total_row("setuid files", before.setuid.size(), after.setuid.size()));
    out.push_back(total_row("shells", before.shells.size(), after.shells.size()));
    return out;
}

Row tally_row(std::string name, const Tally& tally, bool known) {
    Row out = {std::move(name)};
    for (auto count : {tally.before, tally.after, tally.went, tally.stayed, tally.came, tally.unclear})
        out.push_back(fmt::format("{}", count));
    out.push_back(change_text(tally, known));
    return out;
}

// Severities that neither image has are left out, from critical down; then all of them, then findings.
std::vector<Row> tally_rows(const BeforeAfter& compared) {
    const auto& vulnerabilities = compared.vulnerabilities;
    std::vector<Row> out;
    for (auto severity : all_severities) {
        const auto& tally = vulnerabilities.by_severity[static_cast<std::size_t>(severity)];
        if (tally.before + tally.after > 0)
            out.push_back(tally_row(std::string(to_text(severity)), tally, vulnerabilities.known));
    }
    out.push_back(tally_row("vulnerabilities", vulnerabilities.all, vulnerabilities.known));
    out.push_back(tally_row("findings (in packages)", vulnerabilities.findings, vulnerabilities.known));
    return out;
}

std::string vulnerabilities_table(const BeforeAfter& compared) {
    auto out = table({{""},
                      {"before", true},
                      {"after", true},
                      {"went", true},
                      {"stayed", true},
                      {"came", true},
                      {"unclear", true},
                      {"change", true}},
                     tally_rows(compared));
    auto caveat = caveat_of(compared);
    return caveat.empty() ? out : out + "\n  " + caveat + "\n";
}

std::string packages_with(const Findings& findings, const std::vector<std::size_t>& which) {
    std::vector<std::string> out;
    for (auto i : which) out.push_back(printable(findings.packages[findings.findings[i].package].name));
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    constexpr std::size_t most = 3;
    if (out.size() > most) {
        auto more = fmt::format("{} more", out.size() - most);
        out.resize(most);
        out.push_back(std::move(more));
    }
    return join(out, ", ");
}

// A row a vulnerability; `only` one fate, or all of them.
std::string vulnerability_rows(const BeforeAfter& compared, std::optional<Fate> only) {
    std::vector<Row> rows;
    for (const auto& each : compared.vulnerabilities.vulnerabilities)
        if (!only || each.fate == *only)
            rows.push_back({std::string(to_text(each.fate)), std::string(to_text(each.severity)), printable(each.id),
                            packages_with(compared.before, each.before), packages_with(compared.after, each.after)});
    if (rows.empty()) return "";
    return "\n" + table({{""}, {"severity"}, {"vulnerability"}, {"before, in"}, {"after, in"}}, rows);
}

json package_json(const Change<Package>& change) {
    const auto& either = change.before ? *change.before : *change.after;
    json out = {{"change", verb(change)}, {"name", either.name}};
    for (auto [key, side] : {std::pair{"before", change.before}, std::pair{"after", change.after}})
        if (side) out[key] = {{"version", side->version}, {"architecture", side->architecture}, {"purl", side->purl}};
    return out;
}

json file_json(const ChangedFile& changed) {
    const auto& change = changed.file;
    json out = {{"change", verb(change)}, {"path", "/" + (change.before ? change.before : change.after)->path}};
    for (auto what : changed.what) out["what"].push_back(to_text(what));
    for (auto [key, file] : {std::pair{"before", change.before}, std::pair{"after", change.after}}) {
        if (!file) continue;
        json side = {{"mode", fmt::format("{:04o}", file->mode)}, {"uid", file->uid}, {"gid", file->gid}};
        if (file->type == archive::EntryType::file) side["size"] = file->size, side["sha256"] = file->sha256.hex();
        if (!file->link.empty()) side["link"] = file->link;
        out[key] = std::move(side);
    }
    return out;
}

json side_json(const Findings& findings, const inventory::Totals& totals) {
    return {{"name", printable(findings.image, std::string::npos)},
            {"digest", findings.digest},
            {"distribution", printable(findings.distribution, std::string::npos)},
            {"packages", totals.packages},
            {"files", totals.files},
            {"bytes", totals.bytes},
            {"setuid", totals.setuid},
            {"shells", totals.shells}};
}

json tally_json(const Tally& tally, bool known) {
    json out = {{"before", tally.before}, {"after", tally.after}, {"went", tally.went},
                {"stayed", tally.stayed}, {"came", tally.came},   {"unclear", tally.unclear}};
    if (auto drop = drop_of(tally); drop && known) out["dropPercent"] = std::round(*drop * 10) / 10;
    return out;
}

std::size_t unknown_packages(const Findings& findings) {
    return static_cast<std::size_t>(
        std::ranges::count(findings.packages, advisory::Verdict::unknown, &advisory::ScannedPackage::verdict));
}

json knowledge_json(const Findings& findings) {
    json out = {{"verdict", to_text(findings.verdict)},
                {"unknownPackages", unknown_packages(findings)},
                {"gaps", json::array()}};
    for (const auto& gap : findings.gaps) out["gaps"].push_back(printable(gap.reason, std::string::npos));
    return out;
}

json vulnerabilities_json(const BeforeAfter& compared) {
    const auto& vulnerabilities = compared.vulnerabilities;
    json severities, list = json::array();
    for (auto severity : all_severities)
        severities[to_text(severity)] =
            tally_json(vulnerabilities.by_severity[static_cast<std::size_t>(severity)], vulnerabilities.known);
    for (const auto& each : vulnerabilities.vulnerabilities)
        list.push_back({{"id", printable(each.id, std::string::npos)},
                        {"severity", to_text(each.severity)},
                        {"fate", to_text(each.fate)},
                        {"findingsBefore", each.before.size()},
                        {"findingsAfter", each.after.size()}});
    return {{"known", vulnerabilities.known},
            {"asOf", compared.after.as_of},
            {"database", compared.after.database},
            {"before", knowledge_json(compared.before)},
            {"after", knowledge_json(compared.after)},
            {"all", tally_json(vulnerabilities.all, vulnerabilities.known)},
            {"findings", tally_json(vulnerabilities.findings, vulnerabilities.known)},
            {"severities", std::move(severities)},
            {"list", std::move(list)}};
}

std::string markdown_row(const Row& row) {
    std::vector<std::string> cells;
    for (const auto& each : row) cells.push_back(markdown_text(each));
    return "| " + join(cells, " | ") + " |\n";
}

}  // namespace

std::string change_text(double before, double after) {
    if (before == 0) return "";
    auto percent = std::round(100 * (after - before) / before);
    return percent == 0 ? "0 %" : fmt::format("{:+.0f} %", percent);
}

std::string change_text(const Tally& tally, bool known) {
    if (!known) return "not known";
    return change_text(static_cast<double>(tally.before), static_cast<double>(tally.after + tally.unclear));
}

std::string caveat_of(const BeforeAfter& compared) {
    std::vector<std::string> unknown, gaps;
    for (auto [when, findings] : {std::pair{"before", &compared.before}, std::pair{"after", &compared.after}}) {
        if (auto count = unknown_packages(*findings))
            unknown.push_back(fmt::format("{} of {} {}", count, findings->packages.size(), when));
        for (const auto& gap : findings->gaps) gaps.push_back(printable(gap.reason));
    }
    if (compared.vulnerabilities.known && !unknown.empty())
        return "packages that could not be looked up: " + join(unknown, ", ");
    return gaps.empty() ? "" : "not everything is known: " + gaps.front();
}

std::string to_text(const BeforeAfter& compared, bool files) {
    const auto& difference = compared.difference;
    auto out = table({{""}, {"before", true}, {"after", true}, {"change", true}}, total_rows(difference));
    std::vector<Row> rows;
    for (const auto& change : difference.packages)
        rows.push_back({std::string(verb(change)), printable((change.before ? change.before : change.after)->name),
                        version_of(change.before), version_of(change.after)});
    if (!rows.empty()) out += "\n" + table({{""}, {"package"}, {"before"}, {"after"}}, rows);
    auto counts = count_files(difference);
    out += fmt::format("\n  files: {} added, {} removed, {} changed{}\n", counts.added, counts.removed, counts.changed,
                       files || difference.files.empty() ? "" : " (--files lists them)");
    rows.clear();
    for (const auto& each : difference.files)
        rows.push_back({std::string(verb(each.file)),
                        "/" + printable((each.file.before ? each.file.before : each.file.after)->path, 1000),
                        what_of(each)});
    if (files && !rows.empty()) out += "\n" + table({{""}, {"file"}, {"what"}}, rows);
    return out + "\n" + vulnerabilities_table(compared) + vulnerability_rows(compared, std::nullopt);
}

std::string summary_text(const BeforeAfter& compared) {
    return table({{""}, {"before", true}, {"after", true}, {"change", true}}, total_rows(compared.difference)) + "\n" +
           vulnerabilities_table(compared) + vulnerability_rows(compared, Fate::came);
}

std::string to_markdown(const BeforeAfter& compared) {
    auto name = [](const Findings& findings) {
        return markdown_text(findings.image.empty() ? "image" : printable(findings.image));
    };
    auto out = fmt::format("### {} → {}\n\n", name(compared.before), name(compared.after));
    out += "| | before | after | change |\n|---|---:|---:|---:|\n";
    for (const auto& row : total_rows(compared.difference)) out += markdown_row(row);
    out +=
        "\n| | before | after | went | stayed | came | unclear | change |\n|---|---:|---:|---:|---:|---:|---:|---:|\n";
    for (const auto& row : tally_rows(compared)) out += markdown_row(row);
    if (auto caveat = caveat_of(compared); !caveat.empty()) out += "\n" + markdown_text(caveat) + "\n";
    return out + fmt::format("\nAs of {}.\n", compared.after.as_of);
}

json summary_json(const BeforeAfter& compared) {
    return {{"before", side_json(compared.before, compared.difference.before)},
            {"after", side_json(compared.after, compared.difference.after)},
            {"vulnerabilities", vulnerabilities_json(compared)}};
}

std::string to_json(const BeforeAfter& compared, bool files) {
    json packages = json::array(), changed = json::array();
    for (const auto& change : compared.difference.packages) packages.push_back(package_json(change));
    for (const auto& each : compared.difference.files) changed.push_back(file_json(each));
    auto counts = count_files(compared.difference);
    json out = {{"schema", "pith-difference-1"}};
    out.update(summary_json(compared));
    out["packages"] = std::move(packages);
    out["fileCounts"] = {{"added", counts.added}, {"removed", counts.removed}, {"changed", counts.changed}};
    if (files) out["files"] = std::move(changed);
    return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace pith::report
