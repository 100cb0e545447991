#include "cli/scanned.h"

#include <CLI/CLI.hpp>

#include "advisory/match.h"
#include "cli/advisories.h"
#include "inventory/read_sbom.h"

namespace pith::cli {

Result<inventory::Inventory> read_inventory(const std::string& name, const std::string& platform_text,
                                            const Globals& globals, inventory::FileDigests digests) {
    constexpr std::string_view sbom_prefix = "sbom:";
    if (name.starts_with(sbom_prefix)) return inventory::read_sbom_file(name.substr(sbom_prefix.size()));
    auto place = TRY(oci::Destination::parse(name, oci::Destination::Use::read));
    auto platform = TRY(platform_of(platform_text));
    auto session = TRY(Session::open(globals));
    return inventory::read_place(place, platform, *session->registries, session->cache, session->pool, digests);
}

void add_advisory_options(CLI::App& command, AdvisoryChoice& choice) {
    command
        .add_option("--as-of", choice.as_of, "the day that ages of feeds and ends of support are counted from (today)")
        ->type_name("DATE");
    command.add_option("--max-age", choice.max_age, "how old a feed may be, in days (7)")
        ->type_name("DAYS")
        ->check(CLI::Range(0, 36500));
    command.add_option("--database", choice.database, "the advisories ($XDG_DATA_HOME/pith/advisories.db)")
        ->type_name("FILE");
}

Advisories::Advisories(AdvisoryChoice choice, Result<advisory::Database> database)
    : m_choice(std::move(choice)), m_database(std::move(database)) {}

Result<Advisories> Advisories::open(const AdvisoryChoice& choice, const Globals& globals) {
    auto dated = choice;
    dated.as_of = TRY(date_option(choice.as_of, "--as-of"));
    auto database = advisory::Database::open(advisory_database(choice.database, globals));
    if (!database && database.error().code != ErrorCode::not_found) return std::unexpected(std::move(database).error());
    return Advisories(std::move(dated), std::move(database));
}

Result<advisory::Findings> Advisories::find(const inventory::Inventory& inventory) {
    if (!m_database) return advisory::unmatched(inventory, m_choice.as_of, m_database.error().text());
    return advisory::match(inventory, *m_database,
                           {.as_of = m_choice.as_of, .most_days = m_choice.max_age, .with_not_affected = m_choice.all});
}

}  // namespace pith::cli
