// Inventory × advisories → Findings: which of an image's packages are affected by what, and what is not known.
//
// Packages of distributions are matched by their source (rpm's by their own name), in their distribution's release;
// those of languages by name, in their ecosystem. A gap is found for: no package facts, a distribution that is not
// recognised or has ended, a stream that no feed covers, feeds that are too old, a package that a partial feed does not
// name, and whatever the inventory could not read. Errors: format (a damaged database). Thread-safety: a function; the
// database belongs to it meanwhile.
#pragma once

#include "advisory/database.h"
#include "advisory/findings.h"
#include "inventory/inventory.h"

namespace pith::advisory {

struct MatchOptions {
    std::string as_of;               // "2026-11-24"
    unsigned most_days = 7;          // how old a feed may be
    bool with_not_affected = false;  // lists what the feeds say does not affect a package
};

[[nodiscard]] Result<Findings> match(const inventory::Inventory& inventory, Database& database,
                                     const MatchOptions& options);

// Without advisories nothing is known: every package is unknown, with this reason.
[[nodiscard]] Findings unmatched(const inventory::Inventory& inventory, const std::string& as_of,
                                 const std::string& reason);

// Days from one date to another; negative where `to` is earlier. Both are dates.
[[nodiscard]] int days_between(std::string_view from, std::string_view to);

}  // namespace pith::advisory
