#include "report/agreement_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/markup.h"
#include "report/table.h"

namespace pith::report {

using advisory::Disagreement;
using advisory::Pair;
using advisory::Report;
using advisory::ReportedFinding;
using advisory::ReportedPackage;
using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t all_of_it = std::string::npos;

std::string clean(std::string_view text) { return printable(text, all_of_it); }

std::size_t open(const Report& report) {
    std::size_t out = 0;
    for (const auto& each : report.findings) out += each.hidden.empty();
    return out;
}

std::uint64_t skipped(const Report& report) {
    std::uint64_t out = 0;
    for (const auto& [reason, count] : report.skipped) out += count;
    return out;
}

std::string share(std::size_t part, std::size_t whole) {
    return whole == 0 ? "" : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

const ReportedFinding& either(const Pair& pair) { return pair.ours ? *pair.ours : *pair.theirs; }

const ReportedPackage& package_of(const Compared& compared, const Pair& pair) {
    return (pair.ours ? compared.ours : compared.theirs).packages[either(pair).package];
}

std::string side_line(std::string_view who, const Report& report) {
    auto out = fmt::format("{}: {}, {} findings", who, printable(report.tool), open(report));
    if (!report.image.empty()) out += ", " + printable(report.image);
    if (auto count = skipped(report)) out += fmt::format("; {} not taken in", count);
    return out;
}

using Rows = std::vector<std::vector<std::string>>;

Rows counts_of(const Compared& compared) {
    const auto& agreement = compared.agreement;
    auto whole = agreement.pairs.size();
    auto row = [&](std::string name, std::size_t count) {
        return std::vector<std::string>{std::move(name), fmt::format("{}", count), share(count, whole)};
    };
    Rows out = {row("in both", agreement.both), row("alike in everything", agreement.agreed)};
    for (std::size_t i = 0; i < advisory::disagreements; ++i)
        out.push_back(row(fmt::format("differ: {}", to_text(static_cast<Disagreement>(i))), agreement.kinds[i]));
    return out;
}

Rows rows_of(const Compared& compared, bool all) {
    Rows out;
    for (const auto& pair : compared.agreement.pairs) {
        if (!pair.kind && !all) continue;
        const auto& package = package_of(compared, pair);
        out.push_back({pair.kind ? std::string(to_text(*pair.kind)) : "", printable(package.name),
                       printable(package.version), printable(either(pair).id),
                       pair.ours && pair.theirs ? "both"
                       : pair.ours              ? "ours"
                                                : "theirs",
                       printable(pair.detail)});
    }
    return out;
}

std::string markdown_table(const std::vector<std::string>& titles, const std::string& rule, const Rows& rows) {
    std::string out = "| " + join(titles, " | ") + " |\n" + rule + "\n";
    for (const auto& row : rows) {
        out += "|";
        for (const auto& each : row) out += " " + markdown_text(each) + " |";
        out += "\n";
    }
    return out;
}

json report_json(const Report& report) {
    json out = {{"tool", clean(report.tool)}, {"image", clean(report.image)}, {"findings", open(report)}};
    out["skipped"] = json::object();
    for (const auto& [reason, count] : report.skipped) out["skipped"][reason] = count;
    return out;
}

json finding_json(const Report& report, const ReportedFinding& finding) {
    const auto& package = report.packages[finding.package];
    json out = {{"id", clean(finding.id)},
                {"package",
                 {{"type", clean(package.type)}, {"name", clean(package.name)}, {"version", clean(package.version)}}},
                {"state", clean(finding.state)},
                {"severity", to_text(finding.severity)}};
    if (!finding.fixed.empty()) out["fixedVersion"] = clean(finding.fixed);
    if (!finding.hidden.empty()) out["hidden"] = clean(finding.hidden);
    return out;
}

}  // namespace

std::string to_text(const Compared& compared, bool all) {
    auto out = side_line("ours", compared.ours) + "\n" + side_line("theirs", compared.theirs) + "\n\n";
    out += table({{""}, {"findings", true}, {"share", true}}, counts_of(compared));
    auto rows = rows_of(compared, all);
    if (rows.empty()) return out;
    return out + "\n" + table({{"differ"}, {"package"}, {"version"}, {"id"}, {"in"}, {"why"}}, rows);
}

std::string to_markdown(const Compared& compared, bool all) {
    auto out = fmt::format("- {}\n- {}\n\n", markdown_text(side_line("ours", compared.ours)),
                           markdown_text(side_line("theirs", compared.theirs)));
    out += markdown_table({"", "findings", "share"}, "|---|---:|---:|", counts_of(compared));
    auto rows = rows_of(compared, all);
    if (rows.empty()) return out;
    return out + "\n" +
           markdown_table({"differ", "package", "version", "id", "in", "why"}, "|---|---|---|---|---|---|", rows);
}

std::string to_json(const Compared& compared, bool all) {
    const auto& agreement = compared.agreement;
    json kinds;
    for (std::size_t i = 0; i < advisory::disagreements; ++i)
        kinds[to_text(static_cast<Disagreement>(i))] = agreement.kinds[i];
    json out = {{"schema", "pith-agreement-1"},
                {"ours", report_json(compared.ours)},
                {"theirs", report_json(compared.theirs)},
                {"findings", agreement.pairs.size()},
                {"inBoth", agreement.both},
                {"alike", agreement.agreed},
                {"differ", std::move(kinds)},
                {"pairs", json::array()}};
    for (const auto& pair : agreement.pairs) {
        if (!pair.kind && !all) continue;
        json entry;
        entry["differ"] = pair.kind ? json(to_text(*pair.kind)) : json();
        if (!pair.detail.empty()) entry["detail"] = clean(pair.detail);
        if (pair.ours) entry["ours"] = finding_json(compared.ours, *pair.ours);
        if (pair.theirs) entry["theirs"] = finding_json(compared.theirs, *pair.theirs);
        out["pairs"].push_back(std::move(entry));
    }
    return out.dump(2) + "\n";
}

}  // namespace pith::report
