// pith diff: what changed between two images.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "inventory/difference.h"
#include "inventory/read_image.h"
#include "report/difference_report.h"

namespace pith::cli {

namespace {

struct DiffOptions {
    std::string before, after, platform;
    bool files = false;
};

Result<int> diff(const DiffOptions& options, const Globals& globals) {
    auto platform = TRY(platform_of(options.platform));
    auto session = TRY(Session::open(globals));
    auto read = [&](const std::string& name) -> Result<inventory::Inventory> {
        auto place = TRY(oci::Destination::parse(name, oci::Destination::Use::read));
        return inventory::read_place(place, platform, session->cache, session->pool);
    };
    auto before = TRY(read(options.before)), after = TRY(read(options.after));
    auto difference = inventory::compare(before, after);
    fmt::print(
        "{}", globals.json() ? report::to_json(difference, options.files) : report::to_text(difference, options.files));
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
    command->footer(
        "A file has changed where its content, mode, owner, type or link has; times do not count. The exit code is 0 "
        "whether or not\n"
        "the images differ.\n\n"
        "Examples:\n"
        "  pith diff oci:images:nginx oci:images:nginx-debug --platform linux/amd64\n"
        "  pith diff docker-archive:old.tar oci-archive:new.tar --files\n"
        "  pith diff dir:/srv/rootfs oci:images:nginx --platform linux/amd64 --format json");
    command->callback([&globals, &run, options] { run = [&globals, options] { return diff(*options, globals); }; });
}

}  // namespace pith::cli
