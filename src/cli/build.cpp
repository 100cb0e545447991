// pith build: Definition → Lock → Image → where the user wants it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/build_sboms.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/locks.h"
#include "cli/world.h"
#include "compose/build.h"
#include "net/transfer.h"
#include "oci/output.h"
#include "report/build_report.h"

namespace pith::cli {

namespace {

struct BuildOptions {
    DefinitionChoice choice;
    LockOptions lock;
    BuildSbomOptions sbom;
    std::vector<std::string> outputs;
};

Result<std::optional<std::int64_t>> source_date_epoch() {
    const char* text = std::getenv("SOURCE_DATE_EPOCH");
    if (!text || !*text) return std::nullopt;
    auto seconds = parse_number(text);
    if (!seconds || *seconds > 253402300799)
        return fail(ErrorCode::usage,
                    fmt::format("SOURCE_DATE_EPOCH is a number of seconds since 1970, not '{}'", printable(text)));
    return static_cast<std::int64_t>(*seconds);
}

Result<std::vector<oci::Destination>> destinations(const BuildOptions& options, std::size_t platforms) {
    std::vector<oci::Destination> out;
    for (const auto& output : options.outputs) {
        auto& destination = out.emplace_back(TRY(oci::Destination::parse(output)));
        using Kind = oci::Destination::Kind;
        if (platforms > 1 && (destination.kind == Kind::docker_archive || destination.kind == Kind::root_folder))
            return fail(ErrorCode::usage,
                        fmt::format("'{}' holds one platform; choose it with --platform linux/amd64", output));
    }
    return out;
}

// From the cache, or fetched once for all platforms and later builds: the digest names the content.
Result<std::string> fetch_file(const compose::FileSource& file, const net::Options& options, Session& session) {
    if (auto cached = session.cache.blob(*file.sha256)) return std::string(as_text(cached->bytes()));
    net::Request request{.url = file.url, .most_bytes = GiB, .sha256 = file.sha256};
    auto responses = net::fetch({&request, 1}, options, session.terminal);
    auto body = std::move(TRY(std::move(responses[0])).body);
    TRY(session.cache.put_blob(as_bytes(body)));
    return body;
}

Result<std::vector<compose::BuiltImage>> build_images(const compose::Definition& definition,
                                                      const std::vector<compose::Lock>& locks, Session& session) {
    auto effects = TRY(compose::EffectsModel::built_in());
    effects.add_answers(definition.effects);
    auto epoch = TRY(source_date_epoch());
    net::Options net;
    net.offline = session.globals.offline;
    std::vector<compose::BuiltImage> built;
    for (const auto& lock : locks) {
        compose::PlanInputs inputs{
            definition, lock, effects, session.cache, session.pool, epoch, [&](const compose::FileSource& file) {
                return fetch_file(file, net, session);
            }};
        built.push_back(TRY(context(compose::build_image(inputs, session.terminal), lock.architecture)));
    }
    return built;
}

// Writes to every destination.
Result<report::BuildReport> write_images(const std::vector<compose::BuiltImage>& built,
                                         const std::vector<oci::Destination>& outputs, Session& session) {
    report::BuildReport report;
    std::vector<oci::Image> images;
    for (const auto& image : built) {
        images.push_back(image.image);
        report.platforms.push_back(image.summary);
    }
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

// `damaged` where a file of the cache did not hold; it is gone by then, and a second attempt makes it again.
Result<report::BuildReport> build_once(const BuildOptions& options, const compose::Definition& definition,
                                       Resolved& resolved, const std::vector<oci::Destination>& outputs,
                                       Session& session) {
    TRY(fetch_packages(resolved, definition, session));
    auto built = TRY(build_images(definition, resolved.locks, session));
    auto report = write_images(built, outputs, session);
    if (!report && report.error().code == ErrorCode::damaged) drop_damaged(built, session.cache);
    if (!report) return report;
    auto name = definition.name + (options.choice.variant.empty() ? "" : "-" + options.choice.variant);
    report->sboms = TRY(write_sboms(name, resolved.locks, built, outputs, options.sbom, session));
    return report;
}

Result<int> build(const BuildOptions& options, const Globals& globals) {
    auto definition = TRY(load(options.choice));
    auto architectures = TRY(architectures_of(options.choice, definition));
    auto outputs = TRY(destinations(options, architectures.size()));
    auto session = TRY(Session::open(globals));

    if (definition.contents.packages.empty())
        session->terminal.note(
            fmt::format("{} asks for no packages; the image holds its own files alone", definition.file));
    auto resolved = TRY(resolve(options.choice, definition, architectures, options.lock, *session));
    auto report = build_once(options, definition, resolved, outputs, *session);
    if (!report && report.error().code == ErrorCode::damaged) {
        session->terminal.note("a file of the cache was damaged; it is made again");
        for (const auto& lock : resolved.locks)  // those that are damaged too go, and are fetched again
            for (const auto& locked : lock.packages) (void)session->cache.blob(locked.package.sha256);
        report = build_once(options, definition, resolved, outputs, *session);
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
        "  pith build image.yaml --offline -o dir:rootfs --platform linux/amd64");
    command->callback([&globals, &run, options] { run = [&globals, options] { return build(*options, globals); }; });
}

}  // namespace pith::cli
