// pith effects: what is known about the maintainer scripts of packages.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/world.h"
#include "compose/effects/action_yaml.h"
#include "compose/effects/draft.h"
#include "compose/effects/model.h"
#include "compose/package_facts.h"
#include "report/table.h"

namespace pith::cli {

namespace {

struct CoverageOptions {
    std::string repository;
    std::vector<std::string> packages, platforms;
    bool show = false;
    std::size_t top = 0;  // 0: not asked for
};

// Debian's name of the one platform that is asked for.
Result<std::string> architecture_of(const std::vector<std::string>& platforms) {
    DefinitionChoice choice;
    choice.platforms = platforms;
    compose::Definition none;
    none.architectures = {"amd64"};
    auto architectures = TRY(architectures_of(choice, none));
    if (architectures.size() != 1) return fail(ErrorCode::usage, "choose one platform");
    return architectures[0];
}

// A package of the suite with how many others name it as their first choice of a dependency.
struct Needed {
    pkg::PackageId id;
    std::size_t by = 0;
};

// The newest package of each name that the architecture can have, those most depended on first, then by name. What
// counts is the index alone: a package that names another first in its Depends or Pre-Depends needs it.
Result<std::vector<Needed>> by_need(const pkg::Universe& universe, const std::string& architecture) {
    std::map<std::string, Needed> found;
    std::map<std::string, std::size_t> needs;
    for (const auto& name : universe.names()) {
        std::optional<pkg::Package> newest;
        for (auto id : universe.named(name)) {
            auto package = TRY(universe.package(id));
            if (package.architecture != architecture && package.architecture != "all") continue;
            if (newest && pkg::compare_versions(package.format, package.version, newest->version) <= 0) continue;
            found[name].id = id;
            newest = std::move(package);
        }
        if (!newest) continue;
        std::set<std::string> wanted;
        for (const auto* relations : {&newest->depends, &newest->pre_depends})
            for (const auto& alternatives : *relations)
                if (!alternatives.empty()) wanted.insert(alternatives[0].name);
        for (const auto& other : wanted) ++needs[other];
    }
    std::vector<Needed> out;
    for (auto& [name, needed] : found) out.push_back({needed.id, needs[name]});
    std::ranges::stable_sort(out, std::greater(), &Needed::by);
    return out;
}

// Those packages alone, without what they depend on.
Result<compose::Lock> lock_of(const std::vector<Needed>& chosen, const pkg::Universe& universe,
                              const std::string& architecture) {
    compose::Lock lock;
    lock.architecture = architecture;
    lock.repositories = universe.repositories();
    for (const auto& needed : chosen) {
        auto& locked = lock.packages.emplace_back();
        locked.package = TRY(universe.package(needed.id));
        locked.repository = needed.id.repository;
    }
    return lock;
}

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
        for (const auto& script : row.unmodelled)
            unmodelled.push_back({{"script", script.script}, {"reason", script.reason}});
        list.push_back(
            {{"package", row.package}, {"version", row.version}, {"scripts", row.scripts}, {"unmodelled", unmodelled}});
    }
    return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

// "x.postinst", or with the reason "x.postinst (makes a database)".
std::vector<std::string> with_reasons(const compose::Coverage& row) {
    std::vector<std::string> out;
    for (const auto& script : row.unmodelled)
        out.push_back(script.script + (script.reason.empty() ? "" : " (" + script.reason + ")"));
    return out;
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
        for (const auto& script : row.unmodelled)
            if (show) scripts += script.message + "\n";
        cells.push_back({row.package, row.version,
                         row.scripts == 0 ? "no scripts"
                         : row.complete() ? "modelled"
                                          : "not modelled: " + join(with_reasons(row), "; ")});
    }
    return report::table({{"package"}, {"version"}, {"maintainer scripts"}}, cells) +
           fmt::format("{} packages: {} without scripts, {} modelled, {} not\n", rows.size(), without, complete,
                       rows.size() - without - complete) +
           scripts;
}

// What the scripts of the packages that were read do, as shares of the packages; the rest of the suite is not read.
std::string shares(const std::vector<compose::Coverage>& rows, const std::vector<Needed>& chosen, std::size_t suite) {
    std::size_t none = 0, sections = 0, modelled = 0;
    std::vector<std::vector<std::string>> stops;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto scripts = with_reasons(rows[i]);
        if (rows[i].scripts == 0)
            ++none;
        else if (!rows[i].complete())
            stops.push_back({fmt::format("{}", chosen[i].by), rows[i].package, join(scripts, ", ")});
        else
            ++(rows[i].sections_only ? sections : modelled);
    }
    auto line = [&](std::size_t count, std::string_view what) {
        return fmt::format("{:>6}  {:5.1f} %  {}\n", count,
                           100.0 * static_cast<double>(count) / static_cast<double>(rows.size()), what);
    };
    auto out = fmt::format("The {} packages that most others name first in their Depends, of {} in the suite:\n",
                           rows.size(), suite) +
               line(none, "have no preinst or postinst") + line(sections, "have only sections that debhelper wrote") +
               line(modelled, "are modelled") + line(stops.size(), "stop the build");
    if (!stops.empty())
        out += "\nThose that stop it, the most needed first:\n" +
               report::table({{"needed by", true}, {"package"}, {"scripts not modelled"}}, stops);
    return out +
           fmt::format(
               "\nThe scripts of the other {} packages are not read: they are in the packages alone, and no index "
               "of the archive names them.\n",
               suite - rows.size());
}

Result<int> coverage_of_top(const CoverageOptions& options, const World& world, const std::string& architecture,
                            const Globals& globals, Session& session) {
    auto chosen = TRY(by_need(world.universe, architecture));
    const auto suite = chosen.size();
    chosen.resize(std::min(suite, options.top));
    if (chosen.empty())
        return fail(ErrorCode::not_found, fmt::format("{} has no package for {}", options.repository, architecture));
    std::vector<compose::Lock> locks{TRY(lock_of(chosen, world.universe, architecture))};
    TRY(fetch_packages(locks, session));
    auto model = TRY(compose::EffectsModel::built_in());
    auto rows = compose::coverage(model, TRY(scripts_of(locks[0], session)));
    fmt::print("{}", globals.json() ? to_json(rows) : shares(rows, chosen, suite));
    return exit_done;
}

Result<int> coverage(const CoverageOptions& options, const Globals& globals) {
    auto session = TRY(Session::open(globals));
    auto architecture = TRY(architecture_of(options.platforms));
    auto world = TRY(open_world({options.repository}, {}, {architecture}, options.repository, *session));
    if (options.top > 0) return coverage_of_top(options, world, architecture, globals, *session);
    std::vector<compose::Lock> locks{TRY(chosen_packages(options, world, architecture))};
    TRY(fetch_packages(locks, *session));
    auto model = TRY(compose::EffectsModel::built_in());
    auto rows = compose::coverage(model, TRY(scripts_of(locks[0], *session)));
    fmt::print("{}", globals.json() ? to_json(rows) : to_text(rows, options.show));
    return exit_done;
}

struct ExplainOptions {
    std::string package, repository = "debian:trixie";
    std::vector<std::string> platforms;
};

std::string described(const compose::Explanation::Part& part) {
    std::string out;
    for (const auto& action : part.actions) out += fmt::format("    does     {}\n", compose::to_text(action));
    for (const auto& reason : part.reasons) out += fmt::format("    none     {}\n", reason);
    return out;
}

// Each part of a script and what is known of it; what is not is drafted as an entry.
Result<std::string> explained(const compose::EffectsModel& model, const compose::MaintainerScript& script,
                              std::string& drafts) {
    auto parts = TRY(model.explain(script));
    auto out = fmt::format("{}\n", script.name());
    auto lines = [](const compose::ScriptPart& part) {
        return part.lines.empty() ? std::string("empty")
                                  : fmt::format("lines {}-{}", part.lines.front().number, part.lines.back().number);
    };
    for (const auto& section : parts.sections) {
        out += fmt::format("  {} ({}): {}\n", section.part.helper, lines(section.part),
                           section.known || section.part.lines.empty() ? "recognised" : "not recognised");
        out += described(section);
        if (!section.known && !section.part.lines.empty()) drafts += compose::draft_entry(script, section.part);
    }
    if (!parts.remainder) return out + "  nothing but what debhelper wrote\n";
    out += fmt::format("  its maintainer's ({}, {}): {}\n", lines(parts.remainder->part),
                       parts.remainder->part.digest.brief(),
                       parts.remainder->known ? "known, " + parts.remainder->place : "not known");
    if (!parts.remainder->known) drafts += compose::draft_entry(script, parts.remainder->part);
    return out + described(*parts.remainder);
}

// The newest package of that name.
Result<compose::Lock> lock_of(const std::string& name, const World& world, const std::string& architecture) {
    std::optional<pkg::Package> newest;
    Needed chosen;
    for (auto id : world.universe.named(name)) {
        auto package = TRY(world.universe.package(id));
        if (package.architecture != architecture && package.architecture != "all") continue;
        if (newest && pkg::compare_versions(package.format, package.version, newest->version) <= 0) continue;
        chosen.id = id;
        newest = std::move(package);
    }
    if (newest) return lock_of({chosen}, world.universe, architecture);
    auto near = nearest(name, world.universe.names(), 1);
    return fail(ErrorCode::not_found, fmt::format("there is no package '{}'{}", printable(name),
                                                  near.empty() ? "" : "; did you mean '" + near[0] + "'?"));
}

Result<int> explain(const ExplainOptions& options, const Globals& globals) {
    auto session = TRY(Session::open(globals));
    auto architecture = TRY(architecture_of(options.platforms));
    auto world = TRY(open_world({options.repository}, {}, {architecture}, options.repository, *session));
    std::vector<compose::Lock> locks{TRY(lock_of(options.package, world, architecture))};
    TRY(fetch_packages(locks, *session));
    const auto& package = locks[0].packages[0].package;
    auto model = TRY(compose::EffectsModel::built_in());
    auto scripts = TRY(scripts_of(locks[0], *session));
    auto out = fmt::format("{} {} ({})\n", package.name, package.version, package.architecture);
    std::string drafts;
    for (const auto& script : scripts[0].scripts) out += TRY(explained(model, script, drafts));
    if (scripts[0].scripts.empty()) out += "has no preinst or postinst, so nothing to model\n";
    if (!drafts.empty())
        out += fmt::format(
            "\nDraft for effects/{0}.yaml. Check it against the script and a real installation "
            "(docs/effects.md):\n\nsource: {0}\nscripts:\n{1}",
            package.source, drafts);
    fmt::print("{}", out);
    return exit_done;
}

void add_explain(CLI::App& effects, const Globals& globals, Run& run) {
    auto options = std::make_shared<ExplainOptions>();
    auto* command = effects.add_subcommand("explain", "take a package's scripts apart, and draft what is not modelled");
    command->add_option("PACKAGE", options->package, "the package")->required();
    command->add_option("REPOSITORY", options->repository, "debian:trixie unless said");
    command->add_option("--platform", options->platforms, "linux/amd64 unless said")
        ->type_name("PLATFORM")
        ->allow_extra_args(false);
    command->footer(
        "The draft holds what can be read of a script without running it; every other line is listed as open.\n\n"
        "Examples:\n  pith effects explain nginx-common\n  pith effects explain exim4-base debian:bookworm");
    command->callback([&globals, &run, options] { run = [&globals, options] { return explain(*options, globals); }; });
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
    command
        ->add_option("--top", options->top,
                     "the N packages that most others of the suite name first in their Depends (500 unless said)")
        ->type_name("N")
        ->expected(0, 1)
        ->default_str("500")
        ->check(CLI::Range(1, 20'000))
        ->excludes("PACKAGES");
    command->add_flag("--show", options->show, "show each script that is not modelled");
    command->footer(
        "A package without scripts, or with modelled ones, can be in an image. Another stops the build.\n\n"
        "Examples:\n  pith effects coverage debian:trixie nginx\n  pith effects coverage debian:bookworm redis-server "
        "--show\n"
        "  pith effects coverage debian:trixie --format json\n  pith effects coverage debian:trixie --top 1000");
    command->callback([&globals, &run, options] { run = [&globals, options] { return coverage(*options, globals); }; });
    add_explain(*effects, globals, run);
}

}  // namespace pith::cli
