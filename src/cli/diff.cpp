// pith diff: what changed between two images.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/diff_findings.h"
#include "cli/exit_codes.h"
#include "inventory/difference.h"
#include "inventory/read_image.h"
#include "report/difference_report.h"

namespace pith::cli {

namespace {

struct DiffOptions {
    std::string before, after, platform, database, format;
    bool files = false, findings = false, all = false;
};

Result<int> diff(const DiffOptions& options, const Globals& globals) {
    auto format = options.format.empty() ? globals.format : options.format;
    if (options.findings)
        return diff_findings({options.before, options.after, options.database, format, options.all}, globals);
    if (format == "markdown") return fail(ErrorCode::usage, "--format markdown goes with --findings");
    auto platform = TRY(platform_of(options.platform));
    auto session = TRY(Session::open(globals));
    auto read = [&](const std::string& name) -> Result<inventory::Inventory> {
        auto place = TRY(oci::Destination::parse(name, oci::Destination::Use::read));
        return inventory::read_place(place, platform, session->cache, session->pool);
    };
    auto before = TRY(read(options.before)), after = TRY(read(options.after));
    auto difference = inventory::compare(before, after);
    fmt::print("{}", format == "json" ? report::to_json(difference, options.files)
                                      : report::to_text(difference, options.files));
    return exit_done;
}

}  // namespace

void add_diff(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<DiffOptions>();
    auto* command = app.add_subcommand("diff", "compare two images: packages, files, sizes, setuid files, shells");
    command
        ->add_option("OLD", options->before,
                     "oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME:TAG], or dir:PATH (a root "
                     "filesystem)")
        ->required();
    command->add_option("NEW", options->after, "the same")->required();
    command->add_option("--platform,--arch", options->platform, "which platform of both: linux/amd64, …")
        ->type_name("PLATFORM");
    command->add_flag("--files", options->files, "list each file that came, went or changed");
    command->add_flag("--findings", options->findings,
                      "OLD and NEW are reports of two scanners on one image, in JSON: pith's, Grype's or Trivy's");
    command->add_flag("--all", options->all, "with --findings: show what both agree in as well");
    command->add_option("--database", options->database, "with --findings: the advisories that OLD was made with")
        ->type_name("FILE");
    command->add_option("--format", options->format, "table or json; with --findings also markdown")
        ->check(CLI::IsMember({"table", "json", "markdown"}))
        ->type_name("FORMAT");
    command->footer(
        "A file has changed where its content, mode, owner, type or link has; times do not count. The exit code is 0 "
        "whether or not\n"
        "the images differ.\n\n"
        "Examples:\n"
        "  pith diff oci:images:nginx oci:images:nginx-debug --platform linux/amd64\n"
        "  pith diff docker-archive:old.tar oci-archive:new.tar --files\n"
        "  pith diff --findings pith.json grype.json\n"
        "  pith diff dir:/srv/rootfs oci:images:nginx --platform linux/amd64 --format json");
    command->callback([&globals, &run, options] { run = [&globals, options] { return diff(*options, globals); }; });
}

}  // namespace pith::cli
