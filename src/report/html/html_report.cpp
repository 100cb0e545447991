#include "report/html/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/digest.h"
#include "report/findings_report.h"
#include "report/html/contributions.h"
#include "report/html/embedded.h"
#include "report/html/findings_table.h"
#include "report/html/pictures.h"
#include "report/markup.h"

namespace pith::report {

using advisory::Findings;
using advisory::Tally;

namespace {

std::string name_of(const Findings& findings) { return xml_text(findings.image.empty() ? "image" : findings.image); }

std::string identity_line(std::string_view what, const Findings& findings) {
    auto out = fmt::format("<p class=\"quiet\">{}{}", what, name_of(findings));
    if (!findings.distribution.empty()) out += ", " + xml_text(findings.distribution);
    if (!findings.digest.empty()) out += ", " + xml_text(findings.digest);
    return out + "</p>\n";
}

std::string header(const Findings& findings, const BeforeAfter* compared) {
    auto out = fmt::format("<header>\n<h1>{}</h1>\n", name_of(findings));
    out += identity_line("", findings);
    if (compared) out += identity_line("compared with ", compared->before);
    out +=
        fmt::format("<p>Verdict: <span class=\"verdict {0}\">{0}</span> <span class=\"quiet\">as of {1}</span></p>\n",
                    to_text(findings.verdict), xml_text(findings.as_of));
    return out + "</header>\n";
}

std::string gaps_of(std::string_view title, const Findings& findings) {
    if (findings.gaps.empty()) return "";
    auto out = fmt::format("<div class=\"notes\"><p>{}</p><ul>", title);
    for (const auto& gap : findings.gaps)
        out += fmt::format("<li>{}{}</li>", gap.packages ? fmt::format("{} packages: ", gap.packages) : "",
                           xml_text(gap.reason));
    return out + "</ul></div>\n";
}

std::string tile(std::string_view name, const std::string& value, const std::string& change) {
    auto out = fmt::format("<dl class=\"tile\"><dt>{}</dt><dd>{}</dd>", name, value);
    if (!change.empty()) out += fmt::format("<dd class=\"change\">{}</dd>", change);
    return out + "</dl>";
}

std::string arrow(const std::string& before, const std::string& after) { return before + " → " + after; }

std::string counted(std::string_view name, std::size_t before, std::size_t after) {
    return tile(name, arrow(fmt::format("{}", before), fmt::format("{}", after)),
                change_text(static_cast<double>(before), static_cast<double>(after)));
}

std::string tiles(const BeforeAfter& compared) {
    const auto &before = compared.difference.before, &after = compared.difference.after;
    const auto& vulnerabilities = compared.vulnerabilities;
    auto tally = [&](std::string_view name, const Tally& each) {
        return tile(name, arrow(fmt::format("{}", each.before), fmt::format("{}", each.after)),
                    change_text(each, vulnerabilities.known));
    };
    std::string out = "<div class=\"tiles\">";
    out += tally("Vulnerabilities", vulnerabilities.all) + tally("Findings", vulnerabilities.findings);
    out += counted("Packages", before.packages, after.packages);
    if (before.files > 0 && after.files > 0) {
        out += counted("Files", before.files, after.files);
        out += tile("Size", arrow(human_size(before.bytes), human_size(after.bytes)),
                    change_text(static_cast<double>(before.bytes), static_cast<double>(after.bytes)));
        out += counted("Setuid files", before.setuid.size(), after.setuid.size());
        out += counted("Shells", before.shells.size(), after.shells.size());
    }
    return out + "</div>\n";
}

std::string bar_row(std::string_view style, const std::string& name, const std::string& picture, std::size_t count) {
    return fmt::format("<tr class=\"{}\"><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td></tr>\n",
                       style, name, picture, count);
}

std::string legend() {
    std::string out = "<ul class=\"legend\">";
    for (auto severity : all_severities) out += fmt::format("<li>{}{}</li>", swatch(severity), to_text(severity));
    return out + "</ul>\n";
}

BySeverity side_of(const advisory::Comparison& comparison, std::size_t Tally::* side) {
    BySeverity out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = comparison.by_severity[i].*side;
    return out;
}

std::string tally_table(const BeforeAfter& compared) {
    std::string out =
        "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Vulnerabilities</th><th scope=\"col\" "
        "class=\"number\">Before</th><th scope=\"col\" class=\"number\">Went</th><th scope=\"col\" "
        "class=\"number\">Unclear</th><th scope=\"col\" class=\"number\">Stayed</th><th scope=\"col\" "
        "class=\"number\">Came</th><th scope=\"col\" class=\"number\">After</th></tr></thead><tbody>\n";
    auto row = [&](const std::string& name, const Tally& tally) {
        out += fmt::format("<tr><th scope=\"row\">{}</th>", name);
        for (auto count : {tally.before, tally.went, tally.unclear, tally.stayed, tally.came, tally.after})
            out += fmt::format("<td class=\"number\">{}</td>", count);
        out += "</tr>\n";
    };
    for (auto severity : all_severities)
        row(fmt::format("<span class=\"mark\">{}{}</span>", swatch(severity), to_text(severity)),
            compared.vulnerabilities.by_severity[static_cast<std::size_t>(severity)]);
    row("all", compared.vulnerabilities.all);
    return out + "</tbody></table></div>\n";
}

std::string severities_section(const Findings& findings, const BeforeAfter* compared) {
    auto after = side_of(compared ? compared->vulnerabilities : advisory::compare(Findings{}, findings), &Tally::after);
    std::string out = "<h2>Vulnerabilities by severity</h2>\n" + legend() + "<table class=\"bars\"><tbody>\n";
    if (!compared)
        return out + bar_row("last", "in this image", bar(after, sum_of(after)), sum_of(after)) + "</tbody></table>\n";
    auto before = side_of(compared->vulnerabilities, &Tally::before);
    auto most = std::max(sum_of(before), sum_of(after));
    out += bar_row("before", "before", bar(before, most), sum_of(before));
    out += bar_row("after last", "after", bar(after, most), sum_of(after)) + "</tbody></table>\n";
    if (auto caveat = caveat_of(*compared); !caveat.empty()) out += "<p class=\"quiet\">" + xml_text(caveat) + "</p>\n";
    out += tally_table(*compared);
    auto old = compared->difference.before.packages, now = compared->difference.after.packages;
    most = std::max(old, now);
    out += "<h2>Packages</h2>\n<table class=\"bars\"><tbody>\n";
    out += bar_row("before", "before", plain_bar(old, most), old);
    return out + bar_row("after last", "after", plain_bar(now, most), now) + "</tbody></table>\n";
}

std::string contribution_rows(std::span<const Contribution> some, bool compared, std::size_t most) {
    std::string out = "<table class=\"bars\"><tbody>\n";
    for (const auto& each : some) {
        auto name = xml_text(each.source);
        if (compared) out += bar_row("before", name, bar(each.before, most), sum_of(each.before));
        out += bar_row(compared ? "after last" : "last", compared ? "after" : name, bar(each.after, most),
                       sum_of(each.after));
    }
    return out + "</tbody></table>\n";
}

std::string contributions_section(const Findings& findings, const BeforeAfter* compared) {
    auto all = contributions_of(compared ? &compared->before : nullptr, findings);
    if (all.empty()) return "";
    std::size_t most = 0;
    for (const auto& each : all) most = std::max({most, sum_of(each.before), sum_of(each.after)});
    constexpr std::size_t at_first = 12;
    std::span<const Contribution> rows(all);
    std::string out = "<h2>What each package contributes</h2>\n<p class=\"quiet\">By source package.</p>\n";
    out += contribution_rows(rows.first(std::min(at_first, rows.size())), compared != nullptr, most);
    if (rows.size() <= at_first) return out;
    rows = rows.subspan(at_first);
    return out + fmt::format("<details><summary>{} more</summary>\n", rows.size()) +
           contribution_rows(rows, compared != nullptr, most) + "</details>\n";
}

std::string packages_section(const Findings& findings) {
    auto out = fmt::format(
        "<h2>Packages of the image</h2>\n<details><summary>{} packages, each with its verdict</summary>\n<div "
        "class=\"scroll\"><table><thead><tr><th scope=\"col\">Package</th><th scope=\"col\">Version</th><th "
        "scope=\"col\">Source</th><th scope=\"col\">Verdict</th></tr></thead><tbody>\n",
        findings.packages.size());
    for (const auto& each : findings.packages)
        out += fmt::format(
            "<tr><td class=\"name\">{}</td><td class=\"name\">{}</td><td class=\"name\">{}</td><td>{}{}</td></tr>\n",
            xml_text(each.name), xml_text(each.version), xml_text(each.source), to_text(each.verdict),
            each.reason.empty() ? "" : ": " + xml_text(each.reason));
    return out + "</tbody></table></div></details>\n";
}

std::string footer(const Findings& findings, const std::string& version) {
    auto out = fmt::format("<footer>\n<p>Made by pith {}.", xml_text(version));
    if (!findings.database.empty()) out += " Advisories: " + xml_text(findings.database) + ".";
    out += "</p>\n";
    for (const auto& feed : findings.feeds)
        out += fmt::format("<p>{} ({}) of {}{}, {} records, {}</p>\n", xml_text(feed.name), xml_text(feed.format),
                           xml_text(feed.date), feed.partial ? ", partial" : "", feed.records, xml_text(feed.digest));
    return out + "</footer>\n";
}

}  // namespace

std::string to_html(const Findings& findings, const BeforeAfter* compared, const std::string& version) {
    auto body = header(findings, compared) + "<main>\n" + gaps_of("What is not known of this image:", findings);
    if (compared) {
        body += gaps_of("What is not known of the older image:", compared->before);
        body += tiles(*compared);
    }
    body += severities_section(findings, compared) + contributions_section(findings, compared);
    body += findings_section(findings, compared) + packages_section(findings) + "</main>\n" + footer(findings, version);
    auto files = embedded_page();
    // Nothing of an image or a feed can name the digest of the page that it stands in.
    auto nonce = sha256(body).hex();
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'nonce-{0}'; script-src "
        "'nonce-{0}'; base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<title>{1}: {2}</title>\n<style nonce=\"{0}\">\n{3}</style>\n</head>\n<body>\n{4}<script "
        "nonce=\"{0}\">\n{5}</script>\n</body>\n</html>\n",
        nonce, name_of(findings), to_text(findings.verdict), files[0].text, body, files[1].text);
}

}  // namespace pith::report
