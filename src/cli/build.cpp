// pith build: Definition → Lock → Image → where the user wants it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/build_images.h"
#include "cli/build_sboms.h"
#include "cli/commands.h"
#include "cli/definition_tests.h"
#include "cli/exit_codes.h"
#include "cli/locks.h"
#include "cli/package_store.h"
#include "cli/vouch.h"
#include "cli/world.h"
#include "compose/build.h"
#include "oci/output.h"
#include "report/build_report.h"

namespace pith::cli {

namespace {

struct BuildOptions {
    DefinitionChoice choice;
    LockOptions lock;
    BuildSbomOptions sbom;
    VouchOptions vouch;
    std::vector<std::string> outputs;
    std::optional<std::string> pushed;  // empty: where an output says
    std::string packages;               // where to keep them
    bool test = false;
};

Result<std::vector<oci::Destination>> destinations(const BuildOptions& options, std::size_t platforms) {
    using Kind = oci::Destination::Kind;
    std::vector<oci::Destination> out;
    if (options.pushed && !options.pushed->empty()) out.push_back(TRY(oci::Destination::parse(*options.pushed)));
    for (const auto& output : options.outputs) {
        auto& destination = out.emplace_back(TRY(oci::Destination::parse(output)));
        if (platforms > 1 && (destination.kind == Kind::docker_archive || destination.kind == Kind::root_folder))
            return fail(ErrorCode::usage,
                        fmt::format("'{}' holds one platform; choose it with --platform linux/amd64", output));
    }
    if (options.pushed && std::ranges::none_of(out, [](const auto& each) { return each.kind == Kind::registry; }))
        return fail(ErrorCode::usage,
                    "--push: where to is not said; give it an image in a registry, [HOST/]NAME[:TAG]");
    return out;
}

// Writes to every destination.
Result<report::BuildReport> write_images(const std::vector<compose::BuiltImage>& built,
                                         const std::vector<oci::Destination>& outputs, Session& session) {
    report::BuildReport report;
    auto images = images_of(built);
    for (const auto& image : built) report.platforms.push_back(image.summary);
    report.digest = oci::digest_of(images);
    for (const auto& output : outputs) {
        auto written = TRY(oci::write(images, output, *session.registries, session.terminal));
        report.outputs.push_back(output.text());
        if (!written.owners_kept)
            session.terminal.note(
                fmt::format("{}: all files belong to you; only root can give them their owners", output.text()));
    }
    return report;
}

// A written layer did not have its digest: the members that do not hold are removed, so that they are made again.
void drop_damaged(const std::vector<compose::BuiltImage>& built, const Cache& cache) {
    for (const auto& image : built)
        for (const auto& layer : image.image.layers)
            for (const auto& piece : layer.pieces)
                if (const auto* path = std::get_if<std::filesystem::path>(&piece))
                    if (auto digest = Digest::parse(path->filename().string())) (void)cache.blob(*digest);
}

std::string image_name(const BuildOptions& options, const compose::Definition& definition) {
    return definition.name + (options.choice.variant.empty() ? "" : "-" + options.choice.variant);
}

// What was built, for what is said of it.
Result<Build> describe(const BuildOptions& options, const compose::Definition& definition,
                       const std::vector<compose::Lock>& locks, const std::vector<compose::BuiltImage>& built,
                       std::optional<std::int64_t> epoch) {
    auto resolved =
        TRY(compose::resolve_definition(options.choice.file, {options.choice.variant, options.choice.suite}));
    auto lock = compose::make_lock_file(definition, locked_choice(options.choice, definition), locks);
    Build out{image_name(options, definition), std::move(resolved), std::move(lock), locks, built, {}, epoch, {}};
    for (const auto& file : definition.contents.files)
        if (!file.url.empty()) out.fetched.push_back({file.url, *file.sha256});
    return out;
}

// `damaged` where a file of the cache did not hold; it is gone by then, and a second attempt makes it again.
Result<report::BuildReport> build_once(const BuildOptions& options, const compose::Definition& definition,
                                       Resolved& resolved, const std::vector<oci::Destination>& outputs,
                                       const std::optional<trust::PrivateKey>& key, Session& session) {
    TRY(bring_stored_packages(resolved.locks, options.packages, session));
    TRY(fetch_packages(resolved, definition, session));
    auto epoch = TRY(source_date_epoch());
    auto built = TRY(build_images(definition, resolved.locks, epoch, session));
    auto build = TRY(describe(options, definition, resolved.locks, built, epoch));
    if (options.test) build.tests = TRY(test_images(definition, built, session));
    TRY(store_packages(resolved.locks, options.packages, session));
    auto report = write_images(built, outputs, session);
    if (!report && report.error().code == ErrorCode::damaged) drop_damaged(built, session.cache);
    if (!report) return report;
    report->sboms = TRY(write_sboms(build.name, resolved.locks, built, outputs, options.sbom, session));
    if (key) TRY(context(vouch(build, outputs, *key, options.vouch, session), "the image was written, and it"));
    return report;
}

Result<int> build(const BuildOptions& options, const Globals& globals) {
    auto definition = TRY(load(options.choice));
    auto architectures = TRY(architectures_of(options.choice, definition));
    auto outputs = TRY(destinations(options, architectures.size()));
    std::optional<trust::PrivateKey> key;
    if (options.vouch.wanted()) key = TRY(read_vouching_key(options.vouch, outputs));
    auto session = TRY(Session::open(globals));

    if (definition.contents.packages.empty())
        session->terminal.note(
            fmt::format("{} asks for no packages; the image holds its own files alone", definition.file));
    auto resolved = TRY(resolve(options.choice, definition, architectures, options.lock, *session));
    auto report = build_once(options, definition, resolved, outputs, key, *session);
    if (!report && report.error().code == ErrorCode::damaged) {
        session->terminal.note("a file of the cache was damaged; it is made again");
        for (const auto& lock : resolved.locks)  // those that are damaged too go, and are fetched again
            for (const auto& locked : lock.packages) (void)session->cache.blob(locked.package.sha256);
        report = build_once(options, definition, resolved, outputs, key, *session);
    }
    if (!report) return std::unexpected(report.error());

    report->definition = definition.name;
    report->variant = options.choice.variant;
    report->sources = std::move(resolved.sources);
    session->terminal.print(report::to_text(*report));
    fmt::print("{}", globals.json() ? report::to_json(*report) : report->digest.text() + "\n");
    return exit_done;
}

}  // namespace

void add_build(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<BuildOptions>();
    auto* command = app.add_subcommand("build", "build an image from its definition");
    add_definition_options(*command, options->choice);
    add_lock_options(*command, options->lock);
    add_sbom_options(*command, options->sbom);
    add_vouch_options(*command, options->vouch);
    command->add_flag("--test", options->test, "run the definition's tests before anything is written (as pith test)");
    command
        ->add_option("--packages", options->packages,
                     "a repository of a registry that keeps the packages: those that it has are taken from there, and "
                     "the others are put there")
        ->type_name("REPOSITORY");
    command
        ->add_option("--push", options->pushed,
                     "push to a registry: the same as -o docker://IMAGE; without IMAGE an -o must say where to")
        ->type_name("[IMAGE]")
        ->expected(0, 1);
    command
        ->add_option("-o,--output", options->outputs,
                     "where to: docker://[HOST/]NAME[:TAG], oci:DIR[:TAG], oci-archive:FILE[:TAG], "
                     "docker-archive:FILE[:NAME:TAG], dir:PATH (a root filesystem); may stand\n"
                     "several times, or not at all to learn the digest alone")
        ->type_name("IMAGE")
        ->allow_extra_args(false);
    command->footer(
        "Prints the image's digest. The summary on standard error names every package, what is new, and what was left "
        "out and why.\n"
        "Where the definition has a lock file (pith lock), the image is made of exactly what it names, and no index is "
        "read.\n"
        "Beside each output on disk stand its bills of materials, SPDX 2.3 and CycloneDX 1.6 for each platform.\n\n"
        "Examples:\n"
        "  pith build catalog/nginx.yaml -o oci:images:nginx\n"
        "  pith build catalog/nginx.yaml --suite bookworm --variant debug -o oci:images:nginx-debug\n"
        "  pith build catalog/nginx.yaml --platform linux/amd64 -o docker-archive:nginx.tar:nginx:latest && docker "
        "load -i nginx.tar\n"
        "  pith build catalog/nginx.yaml -o oci:images:nginx --sbom spdx --sbom-path sboms\n"
        "  pith build catalog/nginx.yaml -o docker://registry.example/web/nginx:1\n"
        "  pith build catalog/nginx.yaml --push registry.example/web/nginx:1 --sign --attest --key release.key\n"
        "  pith build image.yaml --offline -o dir:rootfs --platform linux/amd64");
    command->callback([&globals, &run, options] { run = [&globals, options] { return build(*options, globals); }; });
}

}  // namespace pith::cli
