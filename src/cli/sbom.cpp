// pith sbom: what an image holds, as a bill of materials.
#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "inventory/read_image.h"
#include "inventory/read_sbom.h"
#include "inventory/sbom.h"
#include "report/inventory_report.h"

namespace pith::cli {

namespace {

struct SbomOptions {
    std::string image, platform, format, file;
};

constexpr std::string_view sbom_prefix = "sbom:";

std::string version() { return PITH_VERSION; }

// How an inventory is written, by the name of the format.
struct Format {
    std::string_view name;
    std::string (*write)(const inventory::Inventory&);
    inventory::FileDigests digests = inventory::FileDigests::left_out;
};
constexpr Format formats[] = {
    {"table", [](const inventory::Inventory& inventory) { return report::to_text(inventory); }},
    {"spdx-json", [](const inventory::Inventory& inventory) { return inventory::to_spdx(inventory, version()); },
     inventory::FileDigests::taken},
    {"cyclonedx-json",
     [](const inventory::Inventory& inventory) { return inventory::to_cyclonedx(inventory, version()); },
     inventory::FileDigests::taken},
    {"syft-json", [](const inventory::Inventory& inventory) { return inventory::to_syft_json(inventory, version()); }},
    {"purls", [](const inventory::Inventory& inventory) { return inventory::to_purls(inventory); }},
};

Result<inventory::Inventory> read_inventory(const SbomOptions& options, const Format& format, const Globals& globals) {
    if (options.image.starts_with(sbom_prefix))
        return inventory::read_sbom_file(options.image.substr(sbom_prefix.size()));
    auto place = TRY(oci::Destination::parse(options.image, oci::Destination::Use::read));
    auto platform = TRY(platform_of(options.platform));
    auto session = TRY(Session::open(globals));
    return inventory::read_place(place, platform, *session->registries, session->cache, session->pool, format.digests);
}

Result<int> sbom(const SbomOptions& options, const Globals& globals) {
    const auto* format = std::ranges::find(formats, options.format, &Format::name);
    if (format == std::end(formats))
        return fail(ErrorCode::usage,
                    fmt::format("a bill of materials has no format '{}': spdx-json, cyclonedx-json and "
                                "syft-json are JSON",
                                options.format));
    auto inventory = TRY(read_inventory(options, *format, globals));
    auto text = format->write(inventory);
    if (options.file.empty())
        fmt::print("{}", text);
    else
        TRY(write_file(options.file, as_bytes(text)));
    return exit_done;
}

}  // namespace

Result<std::optional<oci::Platform>> platform_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return std::optional(TRY(context(oci::Platform::parse(text), "--platform")));
}

void add_sbom(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<SbomOptions>();
    auto* command = app.add_subcommand("sbom", "list what an image holds: packages, files, licences");
    command
        ->add_option(
            "IMAGE", options->image,
            "[docker://][HOST/]NAME[:TAG], oci:DIR[:TAG], oci-archive:FILE[:TAG], "
            "docker-archive:FILE[:NAME:TAG], dir:PATH (a root filesystem), or sbom:FILE (SPDX, CycloneDX or Syft JSON)")
        ->required();
    std::vector<std::string> names;
    for (const auto& format : formats) names.emplace_back(format.name);
    command
        ->add_option("--format", options->format, "table, spdx-json (2.3), cyclonedx-json (1.6), syft-json, or purls")
        ->check(CLI::IsMember(names))
        ->type_name("FORMAT");
    command->add_option("--platform,--arch", options->platform, "which platform of the image: linux/amd64, …")
        ->type_name("PLATFORM");
    command->add_option("-o,--output", options->file, "write to this file rather than to standard output")
        ->type_name("FILE");
    command->footer(
        "Reads the image where it lies; nothing is unpacked. The same image gives the same bytes.\n\n"
        "Examples:\n"
        "  pith sbom oci:images:nginx --platform linux/amd64\n"
        "  pith sbom docker-archive:nginx.tar --format spdx-json -o nginx.spdx.json\n"
        "  pith sbom dir:/srv/rootfs --format purls\n"
        "  pith sbom sbom:nginx.spdx.json --format syft-json");
    command->callback([&globals, &run, options] {
        if (options->format.empty()) options->format = globals.format;
        run = [&globals, options] { return sbom(*options, globals); };
    });
}

}  // namespace pith::cli
