// pith scan: which vulnerabilities are known in an image, and what is not known.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>

#include "advisory/suppress.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/scanned.h"
#include "report/findings_formats.h"
#include "report/findings_report.h"
#include "report/html/html_report.h"

namespace pith::cli {

namespace {

using advisory::Finding;
using advisory::Findings;

struct ScanOptions {
    std::string image, older, platform, format, file;
    AdvisoryChoice advisories;
    std::vector<std::string> fail_on, vex, ignores;
};

// How findings are written, by the name of the format; compared with an older image, or with nothing.
struct Format {
    std::string_view name;
    std::string (*write)(const Findings& findings, const report::BeforeAfter* compared, bool all);
    bool compares = true;
};
constexpr Format formats[] = {
    {"table", [](auto& findings, auto* compared, bool all) { return report::to_text(findings, all, compared); }},
    {"json", [](auto& findings, auto* compared, bool) { return report::to_json(findings, compared); }},
    {"sarif", [](auto& findings, auto* compared, bool) { return report::to_sarif(findings, compared, PITH_VERSION); }},
    {"cyclonedx-vdr", [](auto& findings, auto*, bool) { return report::to_cyclonedx_vdr(findings, PITH_VERSION); },
     false},
    {"junit", [](auto& findings, auto*, bool) { return report::to_junit(findings); }, false},
    {"markdown", [](auto& findings, auto* compared, bool) { return report::to_markdown(findings, compared); }},
    {"html", [](auto& findings, auto* compared, bool) { return report::to_html(findings, compared, PITH_VERSION); }},
};

// A word of --fail-on, and what it stops at.
Result<> check_threshold(const std::string& word) {
    if (word == "kev" || word == "fixable" || word == "unknown") return {};
    if (advisory::severity_of(word) != advisory::Severity::unknown) return {};
    return fail(ErrorCode::usage,
                fmt::format("--fail-on should be critical, high, medium, low, negligible, kev, fixable or "
                            "unknown, but is '{}'",
                            printable(word)));
}

bool meets(const Finding& finding, const std::string& threshold) {
    if (!finding.open() || threshold == "unknown") return false;
    if (threshold == "kev") return !finding.rating.exploited_since.empty();
    if (threshold == "fixable") return finding.state == advisory::State::fix_available;
    return finding.rating.severity >= advisory::severity_of(threshold);
}

// What is known to be bad weighs more than what is not known.
int exit_of(const Findings& findings, const std::vector<std::string>& thresholds) {
    for (const auto& threshold : thresholds)
        if (std::ranges::any_of(findings.findings, [&](const Finding& each) { return meets(each, threshold); }))
            return exit_findings;
    return findings.verdict == advisory::Verdict::unknown ? exit_unknown : exit_done;
}

Result<std::vector<advisory::Suppression>> read_suppressions(const ScanOptions& options) {
    std::vector<advisory::Suppression> out;
    auto add = [&](const std::string& file, auto read) -> Result<> {
        auto text = TRY(read_text(file, 16 * MiB));
        auto rules = TRY(read(text, std::filesystem::path(file).filename().string()));
        out.insert(out.end(), rules.begin(), rules.end());
        return {};
    };
    for (const auto& file : options.vex) TRY(add(file, advisory::read_vex));
    for (const auto& file : options.ignores) TRY(add(file, advisory::read_ignores));
    return out;
}

// The image's findings, less what is suppressed.
Result<Findings> findings_of(const inventory::Inventory& inventory, Advisories& advisories,
                             const std::vector<advisory::Suppression>& suppressions) {
    auto findings = TRY(advisories.find(inventory));
    std::vector<std::string> notes;
    advisory::suppress(findings, suppressions, notes);
    for (const auto& note : notes) fmt::print(stderr, "note: {}\n", note);
    return findings;
}

Result<int> scan(const ScanOptions& options, const Globals& globals) {
    const auto* format = std::ranges::find(formats, options.format, &Format::name);
    bool compares = !options.older.empty();
    if (compares && !format->compares)
        return fail(ErrorCode::usage, fmt::format("--compare cannot be told in the format {}", format->name));
    for (const auto& threshold : options.fail_on) TRY(check_threshold(threshold));
    auto suppressions = TRY(read_suppressions(options));
    auto advisories = TRY(Advisories::open(options.advisories, globals));
    auto digests = compares ? inventory::FileDigests::taken : inventory::FileDigests::left_out;
    auto inventory = TRY(read_inventory(options.image, options.platform, globals, digests));
    auto findings = TRY(findings_of(inventory, advisories, suppressions));
    std::string text;
    if (compares) {
        auto older = TRY(read_inventory(options.older, options.platform, globals, digests));
        auto before = TRY(findings_of(older, advisories, suppressions));
        auto difference = inventory::compare(older, inventory);
        auto comparison = advisory::compare(before, findings);
        report::BeforeAfter compared{difference, before, findings, comparison};
        text = format->write(findings, &compared, options.advisories.all);
    } else {
        text = format->write(findings, nullptr, options.advisories.all);
    }
    if (options.file.empty())
        fmt::print("{}", text);
    else
        TRY(write_file(options.file, as_bytes(text)));
    return exit_of(findings, options.fail_on);
}

}  // namespace

void add_scan(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<ScanOptions>();
    auto* command = app.add_subcommand("scan", "find known vulnerabilities in an image, and say what is not known");
    command
        ->add_option(
            "IMAGE", options->image,
            "[docker://][HOST/]NAME[:TAG], oci:DIR[:TAG], oci-archive:FILE[:TAG], "
            "docker-archive:FILE[:NAME:TAG], dir:PATH (a root filesystem), or sbom:FILE (SPDX, CycloneDX or Syft JSON)")
        ->required();
    std::vector<std::string> names;
    for (const auto& format : formats) names.emplace_back(format.name);
    command
        ->add_option("--format", options->format,
                     "table, json, sarif (2.1.0), cyclonedx-vdr (1.6), junit, markdown or html (one page)")
        ->check(CLI::IsMember(names))
        ->type_name("FORMAT");
    command
        ->add_option(
            "--compare", options->older,
            "an older image, named likewise: what went, stayed and came, in packages, files and vulnerabilities")
        ->type_name("OLD");
    command->add_option("-o,--output", options->file, "write to this file rather than to standard output")
        ->type_name("FILE");
    command->add_option("--platform,--arch", options->platform, "which platform of the image: linux/amd64, …")
        ->type_name("PLATFORM");
    command
        ->add_option("--fail-on", options->fail_on,
                     "end with 10 if there is such a finding: critical, high, medium, low, negligible (or worse), kev "
                     "(known to be exploited), fixable; unknown always ends with 11")
        ->type_name("WHAT")
        ->allow_extra_args(false);
    add_advisory_options(*command, options->advisories);
    command->add_option("--vex", options->vex, "OpenVEX documents: what they call not affected or fixed does not count")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command
        ->add_option("--ignore", options->ignores, "your own rules of what does not count, each with its reason (YAML)")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command->add_flag("--all", options->advisories.all,
                      "show what is suppressed and what does not affect the image as well");
    command->footer(
        "The verdict is clean, affected, or unknown: where package facts, the distribution or advisories are missing, "
        "old "
        "or do not\n"
        "name a package, nothing is called clean. Exit: 0 done; 10 a finding that --fail-on names; 11 the verdict is "
        "unknown.\n\n"
        "Examples:\n"
        "  pith advisories update\n"
        "  pith scan oci:images:nginx --platform linux/amd64\n"
        "  pith scan docker-archive:nginx.tar --fail-on high --fail-on kev\n"
        "  pith scan oci:images:nginx --compare docker-archive:old.tar --platform linux/amd64 --format html -o "
        "nginx.html\n"
        "  pith scan sbom:nginx.spdx.json --format json -o findings.json");
    command->callback([&globals, &run, options] {
        if (options->format.empty()) options->format = globals.format;
        run = [&globals, options] { return scan(*options, globals); };
    });
}

}  // namespace pith::cli
