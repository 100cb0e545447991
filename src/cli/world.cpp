#include "cli/world.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/architecture.h"
#include "pkg/deb/mirror.h"

namespace pith::cli {

namespace deb = pkg::deb;

namespace {

// A short name stands for several sources; anything else is a one-line source.
Result<std::vector<deb::Source>> sources_of(const std::vector<std::string>& repositories,
                                            const std::vector<std::string>& architectures, const Globals& globals,
                                            const std::string& place) {
    deb::MirrorSettings settings{.options = globals.mirrors,
                                 .configuration = globals.configured_mirrors,
                                 .environment = deb::mirrors_of_environment()};
    std::vector<deb::Source> out;
    for (unsigned entry = 0; entry < repositories.size(); ++entry) {
        std::vector<deb::Source> sources;
        if (auto name = TRY(deb::parse_short_name(repositories[entry], place)))
            sources = TRY(deb::resolve_short_name(*name, settings, architectures, place));
        else
            sources.push_back(TRY(deb::parse_source_line(repositories[entry], place)));
        for (auto& source : sources) {
            source.entry = entry;
            out.push_back(std::move(source));
        }
    }
    if (out.empty())
        return fail(ErrorCode::usage,
                    fmt::format("{}: no repository; add one to contents.repositories, such as debian:trixie", place));
    return out;
}

deb::TrustOptions trust_options(const std::vector<std::string>& keyrings, const Globals& globals) {
    deb::TrustOptions trust;
    trust.now = std::chrono::time_point_cast<decltype(trust.now)::duration>(std::chrono::system_clock::now());
    for (const auto& keyring : globals.keyrings) trust.keyrings.emplace_back(keyring);
    for (const auto& keyring : keyrings) trust.keyrings.emplace_back(keyring);
    return trust;
}

net::Options net_options(const Globals& globals) {
    net::Options options;
    options.offline = globals.offline;
    options.user_agent = "pith/" PITH_VERSION;
    return options;
}

std::string describe(const deb::SourceFacts& source) {
    auto line = fmt::format("{} {} of {}, mirror named by {}", source.name, source.suite, source.date,
                            deb::to_text(source.origin));
    if (!source.asked) line += ", as the cache has it";
    for (const auto& waived : source.waived) line += "; waived: " + waived;
    return line;
}

}  // namespace

void add_definition_options(CLI::App& command, DefinitionChoice& choice) {
    command.add_option("DEFINITION", choice.file, "the image's definition (docs/definition.md)")
        ->required()
        ->type_name("FILE");
    command.add_option("--variant", choice.variant, "a variant of the definition, such as debug")->type_name("NAME");
    command.add_option("--suite", choice.suite, "use this suite instead of the definition's (bookworm)")
        ->type_name("SUITE");
    command.add_option("--platform,--arch", choice.platforms, "only these platforms: linux/amd64, linux/arm64, …")
        ->type_name("PLATFORM")
        ->delimiter(',')
        ->allow_extra_args(false);
}

Result<World> open_world(const std::vector<std::string>& repositories, const std::vector<std::string>& keyrings,
                         const std::vector<std::string>& architectures, const std::string& place, Session& session) {
    auto sources = TRY(sources_of(repositories, architectures, session.globals, place));
    auto opened =
        TRY(deb::open_repositories(sources, architectures, trust_options(keyrings, session.globals),
                                   net_options(session.globals), session.cache, session.pool, session.terminal));
    World world{std::move(opened.universe), {}};
    for (const auto& source : opened.sources) world.sources.push_back(describe(source));
    return world;
}

Result<World> open_world(const compose::Definition& definition, const std::vector<std::string>& architectures,
                         Session& session) {
    return open_world(definition.contents.repositories, definition.contents.keyrings, architectures, definition.file,
                      session);
}

std::vector<deb::PackageSource> packages_of(const std::vector<compose::Lock>& locks) {
    std::vector<deb::PackageSource> out;
    for (const auto& lock : locks)
        for (const auto& locked : lock.packages)
            out.push_back({&locked.package, &lock.repositories[locked.repository]});
    return out;
}

Result<> fetch_packages(const std::vector<compose::Lock>& locks, Session& session) {
    TRY(deb::fetch_packages(packages_of(locks), net_options(session.globals), session.cache, session.terminal));
    return {};
}

Result<std::vector<deb::Source>> sources_of(const compose::Definition& definition,
                                            const std::vector<std::string>& architectures, const Session& session) {
    return sources_of(definition.contents.repositories, architectures, session.globals, definition.file);
}

Result<compose::Definition> load(const DefinitionChoice& choice) {
    return compose::load_definition(choice.file, {choice.variant, choice.suite});
}

Result<std::vector<std::string>> architectures_of(const DefinitionChoice& choice,
                                                  const compose::Definition& definition) {
    if (choice.platforms.empty()) return definition.architectures;
    std::vector<std::string> out;
    for (const auto& platform : choice.platforms) {
        auto parsed = oci::Platform::parse(platform);
        if (!parsed) return fail(ErrorCode::usage, "--platform: " + parsed.error().message);
        out.push_back(TRY(compose::architecture_of(*parsed)));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace pith::cli
