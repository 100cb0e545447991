#include "report/findings_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/table.h"

namespace pith::report {

using advisory::Feed;
using advisory::Finding;
using advisory::Findings;
using advisory::ScannedPackage;
using advisory::Severity;
using advisory::State;
using advisory::Verdict;
using json = nlohmann::ordered_json;

namespace {

std::size_t count_if(const Findings& findings, bool (*wanted)(const Finding&)) {
    return static_cast<std::size_t>(std::ranges::count_if(findings.findings, wanted));
}

std::size_t packages_of(const Findings& findings, Verdict verdict) {
    return static_cast<std::size_t>(std::ranges::count(findings.packages, verdict, &ScannedPackage::verdict));
}

bool is_exploited(const Finding& finding) { return finding.open() && !finding.rating.exploited_since.empty(); }
bool is_fixable(const Finding& finding) { return finding.open() && finding.state == State::fix_available; }
bool is_suppressed(const Finding& finding) { return !finding.suppressed.empty(); }

// UTF-8 that JSON can hold, whatever a feed or an image wrote.
std::string clean(const std::string& text) { return printable(text, std::string::npos); }

std::string severity_summary(const Findings& findings) {
    auto counts = advisory::count_by_severity(findings);
    std::vector<std::string> out;
    for (auto severity : all_severities)
        if (auto count = counts[static_cast<std::size_t>(severity)])
            out.push_back(fmt::format("{} {}", count, to_text(severity)));
    return out.empty() ? "none" : join(out, ", ");
}

std::string state_text(const Finding& finding) {
    if (!finding.suppressed.empty()) return "suppressed: " + printable(finding.suppressed);
    if (finding.state == State::fix_available) return "fixed in " + printable(finding.fixed);
    auto out = std::string(to_text(finding.state));
    return finding.reason.empty() ? out : out + ": " + printable(finding.reason, 60);
}

std::string risk_text(const Finding& finding) {
    if (!finding.rating.exploited_since.empty()) return "exploited";
    return finding.rating.epss == 0 ? "" : fmt::format("{:.1f}", advisory::risk_of(finding.rating));
}

std::string verdict_lines(const Findings& findings) {
    auto out = fmt::format("verdict: {}\n", to_text(findings.verdict));
    for (const auto& gap : findings.gaps)
        out += fmt::format("  {}{}\n", gap.packages ? fmt::format("{} packages: ", gap.packages) : "", gap.reason);
    return out;
}

std::string summary_lines(const Findings& findings) {
    auto open = count_if(findings, [](const Finding& each) { return each.open(); });
    auto out = fmt::format("{} findings: {}\n", open, severity_summary(findings));
    out += fmt::format("{} can be fixed, {} are known to be exploited, {} suppressed\n", count_if(findings, is_fixable),
                       count_if(findings, is_exploited), count_if(findings, is_suppressed));
    out += fmt::format("{} packages: {} affected, {} clean, {} unknown\n", findings.packages.size(),
                       packages_of(findings, Verdict::affected), packages_of(findings, Verdict::clean),
                       packages_of(findings, Verdict::unknown));
    out += fmt::format("as of {}", findings.as_of);
    for (const auto& feed : findings.feeds)
        out += fmt::format("{} {} ({})", &feed == &findings.feeds.front() ? "; feeds:" : ",", feed.name, feed.date);
    return out + "\n";
}

json feed_json(const Feed& feed) {
    json out = {{"name", clean(feed.name)},     {"format", clean(feed.format)}, {"source", clean(feed.source)},
                {"digest", clean(feed.digest)}, {"date", clean(feed.date)},     {"partial", feed.partial},
                {"records", feed.records}};
    out["skipped"] = json::object();
    for (const auto& [reason, count] : feed.skipped) out["skipped"][clean(reason)] = count;
    return out;
}

json package_json(const ScannedPackage& package) {
    json out = {{"type", clean(package.type)},        {"name", clean(package.name)},
                {"version", clean(package.version)},  {"architecture", clean(package.architecture)},
                {"source", clean(package.source)},    {"sourceVersion", clean(package.source_version)},
                {"purl", clean(package.purl)},        {"evidence", clean(package.path)},
                {"verdict", to_text(package.verdict)}};
    if (!package.reason.empty()) out["reason"] = clean(package.reason);
    return out;
}

json rating_json(const advisory::Rating& rating) {
    json out = {{"severity", to_text(rating.severity)}};
    if (!rating.source.empty()) out["source"] = clean(rating.source);
    if (rating.score) out["cvss"] = rating.score / 10.0;
    if (rating.epss) {
        out["epss"] = rating.epss / 100'000.0;
        out["epssPercentile"] = rating.percentile / 100'000.0;
    }
    if (!rating.exploited_since.empty())
        out["knownExploited"] = {{"since", clean(rating.exploited_since)}, {"ransomware", rating.ransomware}};
    return out;
}

json finding_json(const Findings& findings, const Finding& finding) {
    const auto& package = findings.packages[finding.package];
    json out = {{"id", clean(finding.id)}, {"aliases", json::array()}};
    for (const auto& alias : finding.aliases) out["aliases"].push_back(clean(alias));
    if (!finding.rating.summary.empty()) out["summary"] = clean(finding.rating.summary);
    out["package"] = {
        {"name", clean(package.name)}, {"version", clean(package.version)}, {"purl", clean(package.purl)}};
    out["state"] = to_text(finding.state);
    if (!finding.reason.empty()) out["reason"] = clean(finding.reason);
    if (!finding.fixed.empty()) out["fixedVersion"] = clean(finding.fixed);
    if (!finding.suppressed.empty()) out["suppressed"] = clean(finding.suppressed);
    out["rating"] = rating_json(finding.rating);
    out["risk"] = std::round(advisory::risk_of(finding.rating) * 1000) / 1000;
    const auto& evidence = finding.evidence;
    out["evidence"] = {{"stream", clean(evidence.stream)}, {"searched", clean(evidence.searched)},
                       {"found", clean(evidence.found)},   {"constraint", clean(evidence.constraint)},
                       {"feed", clean(evidence.feed)},     {"date", clean(evidence.date)},
                       {"path", clean(evidence.path)}};
    return out;
}

json summary_json(const Findings& findings) {
    json severities;
    auto counts = advisory::count_by_severity(findings);
    for (auto severity : all_severities) severities[to_text(severity)] = counts[static_cast<std::size_t>(severity)];
    return {{"packages",
             {{"total", findings.packages.size()},
              {"affected", packages_of(findings, Verdict::affected)},
              {"clean", packages_of(findings, Verdict::clean)},
              {"unknown", packages_of(findings, Verdict::unknown)}}},
            {"findings", count_if(findings, [](const Finding& each) { return each.open(); })},
            {"severities", std::move(severities)},
            {"fixable", count_if(findings, is_fixable)},
            {"knownExploited", count_if(findings, is_exploited)},
            {"suppressed", count_if(findings, is_suppressed)},
            {"notAffected", findings.not_affected}};
}

}  // namespace

std::string score_text(std::uint8_t tenths) { return tenths ? fmt::format("{}.{}", tenths / 10, tenths % 10) : ""; }

std::string address_of(const std::string& id) {
    if (id.starts_with("CVE-")) return "https://www.cve.org/CVERecord?id=" + printable(id);
    return id.starts_with("GHSA-") || id.starts_with("GO-") || id.starts_with("PYSEC-") || id.starts_with("RUSTSEC-")
               ? "https://osv.dev/vulnerability/" + printable(id)
               : "";
}

std::string to_text(const Findings& findings, bool all, const BeforeAfter* compared) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& finding : findings.findings) {
        if (!finding.open() && !all) continue;
        const auto& package = findings.packages[finding.package];
        rows.push_back({std::string(to_text(finding.rating.severity)), printable(finding.id), printable(package.name),
                        printable(package.version), score_text(finding.rating.score), risk_text(finding),
                        state_text(finding)});
    }
    std::string out;
    if (!rows.empty())
        out = table({{"severity"}, {"id"}, {"package"}, {"version"}, {"CVSS", true}, {"risk", true}, {"state"}}, rows) +
              "\n";
    out += verdict_lines(findings) + summary_lines(findings);
    if (!compared) return out;
    auto older = compared->before.image.empty() ? "the older image" : printable(compared->before.image);
    return out + fmt::format("\ncompared with {}:\n\n", older) + summary_text(*compared);
}

std::string to_json(const Findings& findings, const BeforeAfter* compared) {
    json out = {{"schema", "pith-findings-1"},
                {"image", {{"name", clean(findings.image)}, {"digest", clean(findings.digest)}}},
                {"distribution", clean(findings.distribution)},
                {"asOf", findings.as_of},
                {"verdict", to_text(findings.verdict)},
                {"gaps", json::array()}};
    for (const auto& gap : findings.gaps)
        out["gaps"].push_back({{"reason", clean(gap.reason)}, {"packages", gap.packages}});
    out["summary"] = summary_json(findings);
    out["database"] = {{"identity", findings.database}, {"feeds", json::array()}};
    for (const auto& feed : findings.feeds) out["database"]["feeds"].push_back(feed_json(feed));
    if (compared) out["comparison"] = summary_json(*compared);
    out["findings"] = json::array();
    for (const auto& finding : findings.findings) out["findings"].push_back(finding_json(findings, finding));
    out["packages"] = json::array();
    for (const auto& package : findings.packages) out["packages"].push_back(package_json(package));
    return out.dump(2) + "\n";
}

}  // namespace pith::report
