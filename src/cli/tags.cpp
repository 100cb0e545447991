// pith tags, pith referrers: what a repository holds, and what is attached to an image in it.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "oci/repository.h"
#include "report/image_report.h"

namespace pith::cli {

namespace {

struct ReferrersOptions {
    std::string image, platform, artifact_type;
};

Result<int> tags(const std::string& repository_name, const Globals& globals) {
    auto place = TRY(oci::Destination::parse(repository_name, oci::Destination::Use::read));
    auto session = TRY(Session::open(globals));
    auto repository = TRY(oci::open_repository(place, oci::Access::pull, *session->registries));
    auto list = TRY(repository->tags());
    fmt::print("{}", globals.json() ? report::tags_json(repository->name(), list) : report::tags_text(list));
    return exit_done;
}

Result<int> referrers(const ReferrersOptions& options, const Globals& globals) {
    auto place = TRY(oci::Destination::parse(options.image, oci::Destination::Use::read));
    auto session = TRY(Session::open(globals));
    auto repository = TRY(oci::open_repository(place, oci::Access::pull, *session->registries));
    auto subject = TRY(oci::resolve(*repository, place)).descriptor;
    if (!options.platform.empty()) {
        auto found = TRY(oci::find_content(place, *session->registries));
        subject = TRY(oci::choose_platform(*found.content, found.top, TRY(platform_of(options.platform))));
    }
    auto list = TRY(repository->referrers(subject.digest));
    if (!options.artifact_type.empty())
        std::erase_if(list, [&](const oci::Referrer& each) { return each.artifact_type != options.artifact_type; });
    fmt::print("{}", globals.json() ? report::referrers_json(subject, list) : report::referrers_text(subject, list));
    return exit_done;
}

}  // namespace

void add_tags(CLI::App& app, const Globals& globals, Run& run) {
    auto repository = std::make_shared<std::string>();
    auto* command = app.add_subcommand("tags", "list the tags of a repository");
    command->add_option("REPOSITORY", *repository, "[docker://][HOST/]NAME, or oci:DIR")->required();
    command->footer(
        "Examples:\n"
        "  pith tags registry.example/web/nginx\n"
        "  pith tags oci:images --format json");
    command->callback(
        [&globals, &run, repository] { run = [&globals, repository] { return tags(*repository, globals); }; });
}

void add_referrers(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<ReferrersOptions>();
    auto* command =
        app.add_subcommand("referrers", "list what is attached to an image: signatures, bills of materials");
    command->add_option("IMAGE", options->image, "[docker://][HOST/]NAME[:TAG][@DIGEST], or oci:DIR[:TAG]")->required();
    command->add_option("--platform,--arch", options->platform, "of this platform's manifest, not of the index")
        ->type_name("PLATFORM");
    command->add_option("--artifact-type", options->artifact_type, "those alone that say that they are of this type")
        ->type_name("TYPE");
    command->footer(
        "A registry's list of referrers is asked for; where it has none, the tag sha256-DIGEST is looked at.\n\n"
        "Examples:\n"
        "  pith referrers registry.example/web/nginx:1\n"
        "  pith referrers oci:images:nginx --artifact-type application/vnd.dev.sigstore.bundle.v0.3+json");
    command->callback(
        [&globals, &run, options] { run = [&globals, options] { return referrers(*options, globals); }; });
}

}  // namespace pith::cli
