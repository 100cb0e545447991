// pith advisories: fetches what publishers say about vulnerabilities into one database, and tells what is in it.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>

#include "advisory/database.h"
#include "advisory/match.h"
#include "advisory/sources.h"
#include "advisory/update.h"
#include "base/text.h"
#include "cli/advisories.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "report/advisories_report.h"

namespace pith::cli {

namespace {

using advisory::FeedSource;

struct AdvisoriesOptions {
    std::string database, date, as_of;
    std::vector<std::string> names, places;
    bool partial = false;
};

bool is_url(std::string_view text) { return text.starts_with("http://") || text.starts_with("https://"); }

FeedSource source_at(std::string name, std::string place) {
    FeedSource out;
    out.name = std::move(name);
    out.place = std::move(place);
    return out;
}

// The addresses by name: those of the configuration before the built-in ones.
Result<std::vector<FeedSource>> named_sources(const std::vector<std::string>& names, const Globals& globals) {
    std::map<std::string, std::string> all(globals.advisory_sources.begin(), globals.advisory_sources.end());
    std::vector<std::string> wanted = names;
    for (const auto& known : advisory::known_sources()) {
        all.try_emplace(std::string(known.name), known.url);
        if (names.empty() && known.usual) wanted.emplace_back(known.name);
    }
    if (names.empty())
        for (const auto& [name, url] : globals.advisory_sources)
            if (std::ranges::find(wanted, name) == wanted.end()) wanted.push_back(name);
    std::vector<FeedSource> out;
    for (const auto& name : wanted) {
        auto found = all.find(name);
        if (found == all.end()) {
            std::vector<std::string> known;
            for (const auto& [each, url] : all) known.push_back(each);
            return fail(ErrorCode::usage,
                        fmt::format("no source is called '{}'; there are: {}. One of your own goes under "
                                    "'advisories' into the configuration, or is given with --from",
                                    printable(name), join(known, ", ")));
        }
        out.push_back(source_at(name, found->second));
    }
    return out;
}

Result<std::vector<FeedSource>> chosen_sources(const AdvisoriesOptions& options, const Globals& globals,
                                               Terminal& terminal) {
    std::vector<FeedSource> out;
    if (options.places.empty() || !options.names.empty()) out = TRY(named_sources(options.names, globals));
    for (const auto& place : options.places) {
        std::vector<std::string> others;
        auto found = is_url(place) ? std::vector{source_at({}, place)} : TRY(advisory::sources_in(place, others));
        if (!others.empty()) terminal.note(fmt::format("not feeds, passed over: {}", join(others, ", ")));
        out.insert(out.end(), found.begin(), found.end());
    }
    for (auto& source : out) {
        source.partial |= options.partial;
        source.date = options.date;
    }
    return out;
}

Result<int> update(const AdvisoriesOptions& options, const Globals& globals) {
    if (!options.date.empty()) TRY(date_option(options.date, "--date"));
    auto session = TRY(Session::open(globals));
    auto sources = TRY(chosen_sources(options, globals, session->terminal));
    net::Options network;
    network.offline = globals.offline;
    auto file = advisory_database(options.database, globals);
    auto outcomes = TRY(advisory::update(file, sources, network, session->pool, session->terminal));
    bool failed = false;
    for (const auto& outcome : outcomes) {
        if (outcome.error)
            fmt::print(stderr, "pith: feed {}: {}\n", printable(outcome.feed.name), outcome.error->text());
        failed |= outcome.error.has_value();
    }
    fmt::print("{}", report::to_text(outcomes));
    return failed ? exit_failed : exit_done;
}

Result<int> status(const AdvisoriesOptions& options, const Globals& globals) {
    auto as_of = TRY(date_option(options.as_of, "--as-of"));
    auto database = TRY(advisory::Database::open(advisory_database(options.database, globals)));
    fmt::print("{}", globals.json() ? report::status_json(database, as_of) : report::status_text(database, as_of));
    return exit_done;
}

void add_update(CLI::App& parent, const Globals& globals, Run& run, const std::shared_ptr<AdvisoriesOptions>& options) {
    auto* command = parent.add_subcommand("update", "fetch feeds, or read them from files, into the database");
    command->add_option("--source", options->names, "one of the known sources, or of the configuration's")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command->add_option("--from", options->places, "a feed: a file, a folder of feeds or of records, or an address")
        ->type_name("PLACE")
        ->allow_extra_args(false);
    command->add_flag("--partial", options->partial,
                      "the feeds name only some packages: of others they say nothing, so those are unknown");
    command->add_option("--date", options->date, "the day that the feeds speak of, where they do not say it")
        ->type_name("DATE");
    command->add_option("--database", options->database, "the database ($XDG_DATA_HOME/pith/advisories.db)")
        ->type_name("FILE");
    std::string names;
    for (const auto& known : advisory::known_sources())
        names += fmt::format("  {:24}{}{}\n", known.name, known.what, known.usual ? " (usual)" : "");
    command->footer(
        "Without options, the usual sources are fetched. A feed that did not change is not fetched again, and "
        "one that fails\nkeeps its old content. Formats are recognised by content; files may be gzip, xz or "
        "zstd, archives zip or tar.\n\nSources:\n" +
        names +
        "\nExamples:\n"
        "  pith advisories update\n"
        "  pith advisories update --source debian --source kev\n"
        "  pith advisories update --from tracker.json.zst --from epss.csv.gz");
    command->callback([&globals, &run, options] { run = [&globals, options] { return update(*options, globals); }; });
}

void add_status(CLI::App& parent, const Globals& globals, Run& run, const std::shared_ptr<AdvisoriesOptions>& options) {
    auto* command = parent.add_subcommand("status", "origin, date, digest and age of each feed");
    command->add_option("--as-of", options->as_of, "the day that ages are counted to (today)")->type_name("DATE");
    command->add_option("--database", options->database, "the database ($XDG_DATA_HOME/pith/advisories.db)")
        ->type_name("FILE");
    command->footer("Examples:\n  pith advisories status\n  pith advisories status --format json");
    command->callback([&globals, &run, options] { run = [&globals, options] { return status(*options, globals); }; });
}

}  // namespace

std::filesystem::path advisory_database(const std::string& option, const Globals& globals) {
    if (!option.empty()) return option;
    return globals.advisory_database.empty() ? advisory::Database::default_file()
                                             : std::filesystem::path(globals.advisory_database);
}

std::string today() {
    std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()));
}

Result<std::string> date_option(const std::string& text, std::string_view option) {
    if (text.empty()) return today();
    if (advisory::is_date(text)) return text;
    return fail(ErrorCode::usage,
                fmt::format("{} should be a date such as 2026-11-24, but is '{}'", option, printable(text)));
}

void add_advisories(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<AdvisoriesOptions>();
    auto* command = app.add_subcommand("advisories", "what publishers say about vulnerabilities: fetch it, look at it");
    command->require_subcommand(1);
    add_update(*command, globals, run, options);
    add_status(*command, globals, run, options);
}

}  // namespace pith::cli
