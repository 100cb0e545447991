// What `pith scan` and `pith diff` share: an image's inventory, whatever form the image has, and what is known of it.
#pragma once

#include "advisory/database.h"
#include "advisory/findings.h"
#include "cli/commands.h"
#include "inventory/read_image.h"

namespace pith::cli {

// Any form of an image, or sbom:FILE.
[[nodiscard]] Result<inventory::Inventory> read_inventory(const std::string& name, const std::string& platform,
                                                          const Globals& globals, inventory::FileDigests digests);

// How advisories are looked up, as the options of a command say it.
struct AdvisoryChoice {
    std::string database, as_of;
    unsigned max_age = 7;  // days
    bool all = false;      // with what does not affect the image
};
void add_advisory_options(CLI::App& command, AdvisoryChoice& choice);

// One database for all images that are compared: they are judged by equal facts.
class Advisories {
public:
    // A database that is not there is no error: then everything is unknown, with that as its reason.
    [[nodiscard]] static Result<Advisories> open(const AdvisoryChoice& choice, const Globals& globals);
    [[nodiscard]] Result<advisory::Findings> find(const inventory::Inventory& inventory);

private:
    Advisories(AdvisoryChoice choice, Result<advisory::Database> database);
    AdvisoryChoice m_choice;  // as_of is a day
    Result<advisory::Database> m_database;
};

}  // namespace pith::cli
