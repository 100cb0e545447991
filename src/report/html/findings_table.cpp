#include "report/html/findings_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "report/findings_report.h"
#include "report/html/pictures.h"
#include "report/markup.h"

namespace pith::report {

using advisory::Fate;
using advisory::Finding;
using advisory::Findings;
using advisory::State;

namespace {

struct Row {
    const Findings* findings;
    const Finding* finding;
    std::string_view fate;  // empty: there is no comparison, or it does not count
};

// The image's own first, by risk; then those of the older image that it has no longer.
std::vector<Row> rows_of(const Findings& findings, const BeforeAfter* compared) {
    std::map<std::string, Fate> fates;
    if (compared)
        for (const auto& each : compared->vulnerabilities.vulnerabilities) fates.emplace(each.id, each.fate);
    std::vector<Row> out;
    for (const auto& each : findings.findings)
        out.push_back({&findings, &each, compared && each.open() ? to_text(fates.at(each.id)) : ""});
    if (!compared) return out;
    for (const auto& each : compared->before.findings) {
        if (!each.open()) continue;
        auto fate = fates.at(each.id);
        if (fate == Fate::went || fate == Fate::unclear) out.push_back({&compared->before, &each, to_text(fate)});
    }
    return out;
}

std::string state_of(const Finding& finding) {
    return finding.suppressed.empty() ? std::string(to_text(finding.state)) : "suppressed";
}

std::string pairs(std::initializer_list<std::pair<std::string_view, std::string_view>> rows) {
    std::string out = "<dl class=\"evidence\">";
    for (const auto& [name, text] : rows)
        if (!text.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>", name, xml_text(text));
    return out + "</dl>";
}

// The id, and behind it what it is and how we know.
std::string details(const Row& row) {
    const auto& finding = *row.finding;
    const auto& evidence = finding.evidence;
    std::string aliases;
    for (const auto& alias : finding.aliases) aliases += (aliases.empty() ? "" : ", ") + alias;
    auto out = fmt::format("<details><summary>{}</summary>", xml_text(finding.id));
    if (!finding.rating.summary.empty()) out += "<p>" + xml_text(finding.rating.summary) + "</p>";
    out += pairs({{"also", aliases},
                  {"rated by", finding.rating.source},
                  {"exploited", finding.rating.exploited_since},
                  {"reason", finding.reason},
                  {"suppressed", finding.suppressed},
                  {"searched", evidence.searched + " in " + evidence.stream},
                  {"found", evidence.found + (evidence.path.empty() ? "" : ", by " + evidence.path)},
                  {"constraint", evidence.constraint},
                  {"feed", evidence.feed + (evidence.date.empty() ? "" : " of " + evidence.date)}});
    if (auto address = address_of(finding.id); !address.empty())
        out += fmt::format("<p><a href=\"{}\" rel=\"noreferrer\">{}</a></p>", xml_text(address), xml_text(address));
    return out + "</details>";
}

std::string html_of(const Row& row, bool compared) {
    const auto& finding = *row.finding;
    const auto& package = row.findings->packages[finding.package];
    auto severity = finding.rating.severity;
    auto risk = advisory::risk_of(finding.rating);
    auto state = state_of(finding);
    auto out =
        fmt::format("<tr data-severity=\"{}\" data-state=\"{}\" data-fate=\"{}\">", to_text(severity), state, row.fate);
    out += fmt::format("<td data-value=\"{}\"><span class=\"mark\">{}{}</span></td><td>{}</td>",
                       static_cast<int>(severity), swatch(severity), to_text(severity), details(row));
    out += fmt::format("<td class=\"name\">{}</td><td class=\"name\">{}</td>", xml_text(package.name),
                       xml_text(package.version));
    out += fmt::format("<td class=\"number\" data-value=\"{}\">{}</td>", finding.rating.score,
                       score_text(finding.rating.score));
    out += fmt::format("<td class=\"number\" data-value=\"{:.4f}\">{}{}</td>", risk,
                       risk > 0 ? fmt::format("{:.1f}", risk) : "",
                       finding.rating.exploited_since.empty() ? "" : " exploited");
    out += fmt::format("<td>{}{}</td>", state,
                       state == to_text(State::fix_available) ? ": " + xml_text(finding.fixed) : "");
    if (compared) out += fmt::format("<td>{}</td>", row.fate);
    return out + "</tr>\n";
}

// Boxes for the values that there are; those that are off at the beginning are not checked.
std::string boxes(std::string_view title, std::string_view name, const std::vector<std::string>& values,
                  const std::set<std::string>& off) {
    auto out = fmt::format("<fieldset><legend>{}</legend>", title);
    for (const auto& value : values)
        out += fmt::format("<label><input type=\"checkbox\" name=\"{}\" value=\"{}\"{}> {}</label>", name, value,
                           off.contains(value) ? "" : " checked", value);
    return out + "</fieldset>";
}

std::string filters(const std::vector<Row>& rows, bool compared) {
    std::set<advisory::Severity> found;
    std::set<std::string> states, fates;
    for (const auto& row : rows) {
        found.insert(row.finding->rating.severity);
        states.insert(state_of(*row.finding));
        if (!row.fate.empty()) fates.emplace(row.fate);
    }
    std::vector<std::string> severities;
    for (auto severity : all_severities)
        if (found.contains(severity)) severities.emplace_back(to_text(severity));
    auto out = std::string(
        "<form id=\"filters\" hidden><label>Search <input type=\"search\" name=\"search\" "
        "placeholder=\"id, package, text ( / )\" autocomplete=\"off\"></label>");
    out += boxes("Severity", "severity", severities, {});
    out += boxes("State", "state", {states.begin(), states.end()}, {"suppressed", "not affected"});
    if (compared) out += boxes("Since the older image", "fate", {fates.begin(), fates.end()}, {"went"});
    return out + "<button type=\"reset\">Reset</button> <output id=\"count\" aria-live=\"polite\"></output></form>\n";
}

}  // namespace

std::string findings_section(const Findings& findings, const BeforeAfter* compared) {
    auto rows = rows_of(findings, compared);
    std::string out = "<h2 id=\"all\">Findings</h2>\n";
    if (rows.empty()) return out + "<p>None.</p>\n";
    out += filters(rows, compared != nullptr);
    out +=
        "<div class=\"scroll\"><table id=\"findings\"><thead><tr><th scope=\"col\">Severity</th><th "
        "scope=\"col\">Vulnerability</th><th scope=\"col\">Package</th><th scope=\"col\">Version</th><th scope=\"col\" "
        "class=\"number\">CVSS</th><th scope=\"col\" class=\"number\">Risk</th><th scope=\"col\">State</th>";
    if (compared) out += "<th scope=\"col\">Change</th>";
    out += "</tr></thead><tbody>\n";
    for (const auto& row : rows) out += html_of(row, compared != nullptr);
    return out + "</tbody></table></div>\n";
}

}  // namespace pith::report
