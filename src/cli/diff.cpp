// pith diff: what changed between two images.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/diff_findings.h"
#include "cli/exit_codes.h"
#include "cli/scanned.h"
#include "inventory/difference.h"
#include "report/difference_report.h"

namespace pith::cli {

namespace {

struct DiffOptions {
    std::string before, after, platform, format;
    AdvisoryChoice advisories;
    bool files = false, findings = false;
};

Result<int> diff(const DiffOptions& options, const Globals& globals) {
    auto format = options.format.empty() ? globals.format : options.format;
    const auto& choice = options.advisories;
    if (options.findings)
        return diff_findings({options.before, options.after, choice.database, format, choice.all}, globals);
    auto advisories = TRY(Advisories::open(choice, globals));
    auto read = [&](const std::string& name) {
        return read_inventory(name, options.platform, globals, inventory::FileDigests::taken);
    };
    auto before = TRY(read(options.before)), after = TRY(read(options.after));
    auto found_before = TRY(advisories.find(before)), found_after = TRY(advisories.find(after));
    auto difference = inventory::compare(before, after);
    auto vulnerabilities = advisory::compare(found_before, found_after);
    report::BeforeAfter compared{difference, found_before, found_after, vulnerabilities};
    fmt::print("{}", format == "json"       ? report::to_json(compared, options.files)
                     : format == "markdown" ? report::to_markdown(compared)
                                            : report::to_text(compared, options.files));
    return exit_done;
}

}  // namespace

void add_diff(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<DiffOptions>();
    auto* command =
        app.add_subcommand("diff", "compare two images: packages, files, sizes, setuid files, shells, vulnerabilities");
    command
        ->add_option("OLD", options->before,
                     "[docker://][HOST/]NAME[:TAG], oci:DIR[:TAG], oci-archive:FILE[:TAG], "
                     "docker-archive:FILE[:NAME:TAG], dir:PATH (a root filesystem), or sbom:FILE")
        ->required();
    command->add_option("NEW", options->after, "the same")->required();
    command->add_option("--platform,--arch", options->platform, "which platform of both: linux/amd64, …")
        ->type_name("PLATFORM");
    command->add_flag("--files", options->files, "list each file that came, went or changed");
    command->add_flag("--findings", options->findings,
                      "OLD and NEW are reports of two scanners on one image, in JSON: pith's, Grype's or Trivy's");
    command->add_flag("--all", options->advisories.all, "with --findings: show what both agree in as well");
    add_advisory_options(*command, options->advisories);
    command->add_option("--format", options->format, "table, json or markdown")
        ->check(CLI::IsMember({"table", "json", "markdown"}))
        ->type_name("FORMAT");
    command->footer(
        "A file has changed where its content, mode, owner, type or link has; times do not count. Vulnerabilities are "
        "known after\n"
        "`pith advisories update`; what could not be looked up is said. The exit code is 0 whether or not the images "
        "differ.\n\n"
        "Examples:\n"
        "  pith diff oci:images:nginx oci:images:nginx-debug --platform linux/amd64\n"
        "  pith diff docker-archive:old.tar oci-archive:new.tar --files\n"
        "  pith diff --findings pith.json grype.json\n"
        "  pith diff dir:/srv/rootfs oci:images:nginx --platform linux/amd64 --format json");
    command->callback([&globals, &run, options] { run = [&globals, options] { return diff(*options, globals); }; });
}

}  // namespace pith::cli
