#include "report/findings_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "report/findings_report.h"
#include "report/markup.h"

namespace pith::report {

using advisory::Finding;
using advisory::Findings;
using advisory::Severity;
using advisory::State;
using advisory::Verdict;
using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t all = std::string::npos;

std::string message_of(const Findings& findings, const Finding& finding) {
    const auto& package = findings.packages[finding.package];
    return fmt::format("{} {} ({}): {}{}", printable(package.name, all), printable(package.version, all),
                       to_text(finding.rating.severity), to_text(finding.state),
                       finding.fixed.empty() ? "" : ", fixed in " + printable(finding.fixed, all));
}

// SARIF, 3.27.10: a level; consumers read the number of "security-severity" beside it.
std::string_view level_of(Severity severity) {
    return severity >= Severity::high ? "error" : severity == Severity::medium ? "warning" : "note";
}

json sarif_rule(const Finding& finding) {
    json out = {{"id", printable(finding.id, all)},
                {"shortDescription",
                 {{"text", finding.rating.summary.empty() ? printable(finding.id, all)
                                                          : printable(finding.rating.summary, all)}}}};
    if (auto address = address_of(finding.id); !address.empty()) out["helpUri"] = address;
    if (finding.rating.score) out["properties"] = {{"security-severity", score_text(finding.rating.score)}};
    return out;
}

// SARIF, 3.27.24: what is new since the older image, the baseline.
std::set<std::string> came_of(const BeforeAfter& compared) {
    std::set<std::string> out;
    for (const auto& each : compared.vulnerabilities.vulnerabilities)
        if (each.fate == advisory::Fate::came) out.insert(each.id);
    return out;
}

json sarif_result(const Findings& findings, const Finding& finding, std::size_t rule) {
    const auto& package = findings.packages[finding.package];
    auto path = package.path.empty() ? package.name : package.path;
    json out = {{"ruleId", printable(finding.id, all)},
                {"ruleIndex", rule},
                {"level", level_of(finding.rating.severity)},
                {"message", {{"text", message_of(findings, finding)}}},
                {"locations",
                 {{{"physicalLocation",
                    {{"artifactLocation", {{"uri", printable(path, all)}}}, {"region", {{"startLine", 1}}}}},
                   {"logicalLocations", {{{"fullyQualifiedName", printable(package.purl, all)}}}}}}},
                {"partialFingerprints",
                 {{"finding/v1",
                   fmt::format("{} {} {}", printable(finding.id, all), package.type, printable(package.name, all))}}}};
    if (!finding.suppressed.empty())
        out["suppressions"] = {{{"kind", "external"}, {"justification", printable(finding.suppressed, all)}}};
    return out;
}

// CycloneDX 1.6, vulnerabilities[].analysis.state and .response.
json analysis_of(const Finding& finding) {
    if (!finding.suppressed.empty()) return {{"state", "not_affected"}, {"detail", printable(finding.suppressed, all)}};
    json out;
    switch (finding.state) {
        case State::not_affected: out["state"] = "not_affected"; break;
        case State::under_investigation: out["state"] = "in_triage"; break;
        case State::wont_fix: out = {{"state", "exploitable"}, {"response", {"will_not_fix"}}}; break;
        case State::fix_available: out = {{"state", "exploitable"}, {"response", {"update"}}}; break;
        default: out["state"] = "exploitable";
    }
    if (!finding.reason.empty()) out["detail"] = printable(finding.reason, all);
    return out;
}

json vulnerability(const Findings& findings, const Finding& finding) {
    json out = {{"bom-ref", fmt::format("{}/{}", printable(finding.id, all), finding.package)},
                {"id", printable(finding.id, all)},
                {"source", {{"name", printable(finding.evidence.feed, all)}}}};
    json rating = {
        {"severity", finding.rating.severity == Severity::negligible ? "info" : to_text(finding.rating.severity)}};
    if (!finding.rating.source.empty()) rating["source"] = {{"name", printable(finding.rating.source, all)}};
    if (finding.rating.score) rating["score"] = finding.rating.score / 10.0;
    out["ratings"].push_back(std::move(rating));
    if (!finding.rating.summary.empty()) out["description"] = printable(finding.rating.summary, all);
    if (!finding.fixed.empty()) out["recommendation"] = "update to " + printable(finding.fixed, all);
    out["analysis"] = analysis_of(finding);
    out["affects"] = {{{"ref", fmt::format("package-{}", finding.package)},
                       {"versions",
                        {{{"version", printable(findings.packages[finding.package].version, all)},
                          {"status", finding.state == State::not_affected ? "unaffected" : "affected"}}}}}};
    return out;
}

std::string cell(std::string_view text) { return markdown_text(printable(text, 80)); }

}  // namespace

std::string to_sarif(const Findings& findings, const BeforeAfter* compared, const std::string& version) {
    std::map<std::string, std::size_t> rules;
    json driver = {{"name", "pith"}, {"version", version}, {"rules", json::array()}};
    json results = json::array(), notes = json::array();
    auto came = compared ? came_of(*compared) : std::set<std::string>();
    for (const auto& finding : findings.findings) {
        if (finding.state == State::not_affected) continue;
        auto [rule, fresh] = rules.try_emplace(finding.id, rules.size());
        if (fresh) driver["rules"].push_back(sarif_rule(finding));
        results.push_back(sarif_result(findings, finding, rule->second));
        if (compared) results.back()["baselineState"] = came.contains(finding.id) ? "new" : "unchanged";
    }
    for (const auto& gap : findings.gaps)
        notes.push_back({{"level", "warning"}, {"message", {{"text", "unknown: " + printable(gap.reason, all)}}}});
    json run = {{"tool", {{"driver", std::move(driver)}}},
                {"invocations", {{{"executionSuccessful", true}, {"toolExecutionNotifications", std::move(notes)}}}},
                {"results", std::move(results)},
                {"properties", {{"verdict", to_text(findings.verdict)}, {"asOf", findings.as_of}}}};
    json out = {
        {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", {std::move(run)}}};
    return out.dump(2) + "\n";
}

std::string to_cyclonedx_vdr(const Findings& findings, const std::string& version) {
    json components = json::array(), vulnerabilities = json::array(), properties = json::array();
    std::set<std::size_t> named;
    for (const auto& finding : findings.findings) {
        named.insert(finding.package);
        vulnerabilities.push_back(vulnerability(findings, finding));
    }
    for (auto i : named) {
        const auto& package = findings.packages[i];
        json component = {{"type", "library"},
                          {"bom-ref", fmt::format("package-{}", i)},
                          {"name", printable(package.name, all)},
                          {"version", printable(package.version, all)}};
        if (!package.purl.empty()) component["purl"] = printable(package.purl, all);
        components.push_back(std::move(component));
    }
    properties.push_back({{"name", "pith:verdict"}, {"value", to_text(findings.verdict)}});
    properties.push_back({{"name", "pith:as-of"}, {"value", findings.as_of}});
    for (const auto& gap : findings.gaps)
        properties.push_back({{"name", "pith:unknown"}, {"value", printable(gap.reason, all)}});
    json tool = {{"type", "application"}, {"name", "pith"}, {"version", version}};
    json image = {{"type", "container"},
                  {"bom-ref", "image"},
                  {"name", findings.image.empty() ? "image" : printable(findings.image, all)}};
    if (!findings.digest.empty()) image["version"] = findings.digest;
    json out = {{"bomFormat", "CycloneDX"},
                {"specVersion", "1.6"},
                {"version", 1},
                {"metadata",
                 {{"tools", {{"components", {std::move(tool)}}}},
                  {"component", std::move(image)},
                  {"properties", std::move(properties)}}},
                {"components", std::move(components)},
                {"vulnerabilities", std::move(vulnerabilities)}};
    return out.dump(2) + "\n";
}

std::string to_junit(const Findings& findings) {
    std::string cases;
    std::size_t failures = 0;
    for (const auto& finding : findings.findings) {
        if (!finding.open()) continue;
        ++failures;
        const auto& package = findings.packages[finding.package];
        cases += fmt::format(
            "    <testcase classname=\"{} {}\" name=\"{}\">\n      <failure type=\"{}\" message=\"{}\"/>\n    "
            "</testcase>\n",
            xml_text(package.name), xml_text(package.version), xml_text(finding.id), to_text(finding.rating.severity),
            xml_text(message_of(findings, finding)));
    }
    for (const auto& gap : findings.gaps)
        cases += fmt::format(
            "    <testcase classname=\"verdict\" name=\"unknown\">\n      <error type=\"unknown\" message=\"{}\"/>\n   "
            " </testcase>\n",
            xml_text(gap.reason));
    if (cases.empty()) cases = "    <testcase classname=\"verdict\" name=\"clean\"/>\n";
    auto count = std::max<std::size_t>(1, failures + findings.gaps.size());
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"{}\" tests=\"{}\" "
        "failures=\"{}\" errors=\"{}\">\n{}  </testsuite>\n</testsuites>\n",
        xml_text(findings.image.empty() ? "image" : findings.image), count, failures, findings.gaps.size(), cases);
}

std::string to_markdown(const Findings& findings, const BeforeAfter* compared) {
    auto counts = advisory::count_by_severity(findings);
    auto out = compared ? to_markdown(*compared) + "\n" : "";
    out += fmt::format("### {}: {}\n\n", cell(findings.image.empty() ? "image" : findings.image),
                       to_text(findings.verdict));
    out += "| critical | high | medium | low | negligible | not rated |\n|---:|---:|---:|---:|---:|---:|\n|";
    for (std::size_t i = 5; i > 0; --i) out += fmt::format(" {} |", counts[i]);
    out += fmt::format(" {} |\n\n", counts[0]);
    for (const auto& gap : findings.gaps)
        out += fmt::format("- unknown: {}{}\n", gap.packages ? fmt::format("{} packages: ", gap.packages) : "",
                           cell(gap.reason));
    if (!findings.gaps.empty()) out += "\n";
    bool any = std::ranges::any_of(findings.findings, &Finding::open);
    if (any) out += "| severity | vulnerability | package | version | state |\n|---|---|---|---|---|\n";
    for (const auto& finding : findings.findings) {
        if (!finding.open()) continue;
        const auto& package = findings.packages[finding.package];
        auto address = address_of(finding.id);
        out += fmt::format(
            "| {} | {} | {} | {} | {} |\n", to_text(finding.rating.severity),
            address.empty() ? cell(finding.id) : fmt::format("[{}]({})", cell(finding.id), address), cell(package.name),
            cell(package.version),
            finding.fixed.empty() ? std::string(to_text(finding.state)) : "fixed in " + cell(finding.fixed));
    }
    return out + fmt::format("{}As of {}.\n", any ? "\n" : "", findings.as_of);
}

}  // namespace pith::report
