// pith effects: what is known about the maintainer scripts of packages.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/world.h"
#include "compose/effects/model.h"
#include "compose/package_facts.h"
#include "report/table.h"

namespace pith::cli {

namespace {

struct CoverageOptions {
    std::string repository;
    std::vector<std::string> packages, platforms;
    bool show = false;
};

// The packages named with what they depend on; or those whose priority makes up a base system.
Result<compose::Lock> chosen_packages(const CoverageOptions& options, const World& world,
                                      const std::string& architecture) {
    compose::Definition definition;
    for (const auto& package : options.packages) definition.contents.packages.push_back({package, package});
    if (options.packages.empty())
        for (const auto& name : world.universe.names())
            for (auto id : world.universe.named(name)) {
                auto package = TRY(world.universe.package(id));
                bool base = package.priority <= pkg::Priority::important &&
                            (package.architecture == architecture || package.architecture == "all");
                if (!base) continue;
                definition.contents.packages.push_back({name, options.repository});
                break;
            }
    return compose::make_lock(definition, world.universe, architecture);
}

Result<std::vector<compose::PackageScripts>> scripts_of(const compose::Lock& lock, Session& session) {
    return session.pool.map<compose::PackageScripts>(
        lock.packages.size(), [&](std::size_t i) -> Result<compose::PackageScripts> {
            const auto& package = lock.packages[i].package;
            auto facts = TRY(compose::read_package(session.cache, package.sha256, package.name)).facts;
            compose::PackageScripts out{facts.name, facts.version, {}};
            for (const auto& [name, text] : facts.scripts)
                out.scripts.push_back({facts.name, facts.source, facts.version, facts.architecture, name, text});
            return out;
        });
}

std::string to_json(const std::vector<compose::Coverage>& rows) {
    nlohmann::ordered_json list = nlohmann::json::array();
    for (const auto& row : rows) {
        nlohmann::ordered_json unmodelled = nlohmann::json::array();
        for (const auto& script : row.unmodelled) unmodelled.push_back(script.script);
        list.push_back(
            {{"package", row.package}, {"version", row.version}, {"scripts", row.scripts}, {"unmodelled", unmodelled}});
    }
    return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string to_text(const std::vector<compose::Coverage>& rows, bool show) {
    std::vector<std::vector<std::string>> cells;
    std::string scripts;
    std::size_t without = 0, complete = 0;
    for (const auto& row : rows) {
        if (row.scripts == 0)
            ++without;
        else if (row.complete())
            ++complete;
        std::vector<std::string> names;
        for (const auto& script : row.unmodelled) {
            names.push_back(script.script);
            if (show) scripts += script.message + "\n";
        }
        cells.push_back({row.package, row.version,
                         row.scripts == 0 ? "no scripts"
                         : row.complete() ? "modelled"
                                          : "not modelled: " + join(names, ", ")});
    }
    return report::table({{"package"}, {"version"}, {"maintainer scripts"}}, cells) +
           fmt::format("{} packages: {} without scripts, {} modelled, {} not\n", rows.size(), without, complete,
                       rows.size() - without - complete) +
           scripts;
}

Result<int> coverage(const CoverageOptions& options, const Globals& globals) {
    auto session = TRY(Session::open(globals));
    DefinitionChoice choice;
    choice.platforms = options.platforms;
    compose::Definition none;
    none.architectures = {"amd64"};
    auto architectures = TRY(architectures_of(choice, none));
    if (architectures.size() != 1) return fail(ErrorCode::usage, "choose one platform");
    auto world = TRY(open_world({options.repository}, {}, architectures, options.repository, *session));
    std::vector<compose::Lock> locks{TRY(chosen_packages(options, world, architectures[0]))};
    TRY(fetch_packages(locks, *session));
    auto model = TRY(compose::EffectsModel::built_in());
    auto rows = compose::coverage(model, TRY(scripts_of(locks[0], *session)));
    fmt::print("{}", globals.json() ? to_json(rows) : to_text(rows, options.show));
    return exit_done;
}

}  // namespace

void add_effects(CLI::App& app, const Globals& globals, Run& run) {
    auto* effects = app.add_subcommand("effects", "what is known about maintainer scripts");
    effects->require_subcommand(1);
    auto options = std::make_shared<CoverageOptions>();
    auto* command = effects->add_subcommand("coverage", "which packages' scripts are modelled");
    command->add_option("REPOSITORY", options->repository, "debian:SUITE, ubuntu:SUITE or a one-line source")
        ->required();
    command->add_option("PACKAGES", options->packages,
                        "these and what they depend on; without any, the suite's base system");
    command->add_option("--platform", options->platforms, "linux/amd64 unless said")
        ->type_name("PLATFORM")
        ->allow_extra_args(false);
    command->add_flag("--show", options->show, "show each script that is not modelled");
    command->footer(
        "A package without scripts, or with modelled ones, can be in an image. Another stops the build.\n\n"
        "Examples:\n  pith effects coverage debian:trixie nginx\n  pith effects coverage debian:bookworm redis-server "
        "--show\n"
        "  pith effects coverage debian:trixie --format json");
    command->callback([&globals, &run, options] { run = [&globals, options] { return coverage(*options, globals); }; });
}

}  // namespace pith::cli
