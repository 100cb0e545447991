// pith copy, push, pull: images from one place to another.
#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "oci/copy.h"

namespace pith::cli {

namespace {

using oci::Destination;

struct CopyOptions {
    std::string from, to, platform;
};

Result<int> copy(const Destination& from, const Destination& to, const CopyOptions& options, const Globals& globals) {
    auto platform = TRY(platform_of(options.platform));
    auto session = TRY(Session::open(globals));
    auto copied = TRY(oci::copy(from, to, platform, *session->registries, session->terminal));
    if (!copied.owners_kept)
        session->terminal.note(
            fmt::format("{}: all files belong to you; only root can give them their owners", to.text()));
    nlohmann::ordered_json json = {
        {"source", from.text()}, {"destination", to.text()}, {"digest", copied.digest.text()}, {"bytes", copied.size}};
    fmt::print("{}\n", globals.json() ? json.dump(2) : copied.digest.text());
    return exit_done;
}

// A name that should be one of a registry.
Result<Destination> in_registry(const std::string& name, Destination::Use use) {
    auto out = TRY(Destination::parse(name, use));
    if (out.kind == Destination::Kind::registry) return out;
    return fail(ErrorCode::usage,
                fmt::format("'{}' is not in a registry; `pith copy` takes any two places", out.text()));
}

void add_platform(CLI::App& command, CopyOptions& options) {
    command
        .add_option("--platform,--arch", options.platform,
                    "that platform alone: linux/amd64, …; without it, all platforms of an index")
        ->type_name("PLATFORM");
}

constexpr const char* digest_note =
    "Manifests are copied byte for byte, so the digest stays the same; docker-archive: and dir: have none. Prints the "
    "digest.\n\n";

}  // namespace

void add_copy(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<CopyOptions>();
    auto* command = app.add_subcommand("copy", "copy an image from one place to another, registries among them");
    command->add_option("SOURCE", options->from, image_forms)->required();
    command->add_option("DESTINATION", options->to, "the same, or dir:PATH (a root filesystem)")->required();
    add_platform(*command, *options);
    command->footer(std::string(digest_note) +
                    "Examples:\n"
                    "  pith copy docker://registry.example/web:1 docker://mirror.example/web:1\n"
                    "  pith copy registry.example/web:1 oci:images:web\n"
                    "  pith copy docker-archive:web.tar docker://localhost:5000/web:1\n"
                    "  pith copy registry.example/web:1 --platform linux/amd64 dir:rootfs");
    command->callback([&globals, &run, options] {
        run = [&globals, options]() -> Result<int> {
            auto from = TRY(Destination::parse(options->from, Destination::Use::read));
            return copy(from, TRY(Destination::parse(options->to)), *options, globals);
        };
    });
}

void add_push(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<CopyOptions>();
    auto* command = app.add_subcommand("push", "copy an image into a registry");
    command->add_option("SOURCE", options->from, image_forms)->required();
    command->add_option("REFERENCE", options->to, "where to: [docker://][HOST/]NAME[:TAG]")->required();
    add_platform(*command, *options);
    command->footer(std::string(digest_note) +
                    "Layers that the registry has are not sent; those of another repository of it are mounted.\n\n"
                    "Examples:\n"
                    "  pith push oci:images:nginx registry.example/web/nginx:1\n"
                    "  pith push docker-archive:web.tar localhost:5000/web\n"
                    "  pith build catalog/nginx.yaml -o docker://registry.example/web/nginx:1   # both in one");
    command->callback([&globals, &run, options] {
        run = [&globals, options]() -> Result<int> {
            auto from = TRY(Destination::parse(options->from, Destination::Use::read));
            return copy(from, TRY(in_registry(options->to, Destination::Use::write)), *options, globals);
        };
    });
}

void add_pull(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<CopyOptions>();
    auto* command = app.add_subcommand("pull", "copy an image out of a registry");
    command->add_option("REFERENCE", options->from, "which image: [docker://][HOST/]NAME[:TAG][@DIGEST]")->required();
    command->add_option("DESTINATION", options->to, "where to: oci:DIR[:TAG], oci-archive:FILE[:TAG], …")->required();
    add_platform(*command, *options);
    command->footer(std::string(digest_note) +
                    "Layers that the cache holds are not fetched.\n\n"
                    "Examples:\n"
                    "  pith pull registry.example/web/nginx:1 oci:images:nginx\n"
                    "  pith pull registry.example/web/nginx:1 --platform linux/arm64 docker-archive:nginx.tar:nginx:1");
    command->callback([&globals, &run, options] {
        run = [&globals, options]() -> Result<int> {
            auto from = TRY(in_registry(options->from, Destination::Use::read));
            return copy(from, TRY(Destination::parse(options->to)), *options, globals);
        };
    });
}

}  // namespace pith::cli
