// pith inspect: what an image says of itself.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "report/image_report.h"

namespace pith::cli {

namespace {

struct InspectOptions {
    std::string image, platform;
    bool raw = false;
};

Result<int> inspect(const InspectOptions& options, const Globals& globals) {
    auto place = TRY(oci::Destination::parse(options.image, oci::Destination::Use::read));
    auto platform = TRY(platform_of(options.platform));
    auto session = TRY(Session::open(globals));
    auto inspected = TRY(oci::inspect(place, platform, *session->registries));
    if (options.raw)
        fmt::print("{}", inspected.top.bytes);
    else
        fmt::print(
            "{}", globals.json() ? report::to_json(inspected, place.text()) : report::to_text(inspected, place.text()));
    return exit_done;
}

}  // namespace

void add_inspect(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<InspectOptions>();
    auto* command = app.add_subcommand("inspect", "show an image's digest, platforms, configuration and layers");
    command->add_option("IMAGE", options->image, image_forms)->required();
    command->add_option("--platform,--arch", options->platform, "which platform's configuration and layers to show")
        ->type_name("PLATFORM");
    command->add_flag("--raw", options->raw, "print the manifest or index that the name leads to, byte for byte");
    command->footer(
        "Layers are neither read nor fetched.\n\n"
        "Examples:\n"
        "  pith inspect registry.example/web/nginx:1\n"
        "  pith inspect registry.example/web/nginx:1 --platform linux/amd64 --format json\n"
        "  pith inspect oci:images:nginx --raw | sha256sum");
    command->callback([&globals, &run, options] { run = [&globals, options] { return inspect(*options, globals); }; });
}

}  // namespace pith::cli
