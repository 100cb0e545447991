// In which stream, under which name and version a package is looked for. Thread-safety: functions without state.
#pragma once

#include <string>

#include "inventory/inventory.h"

namespace pith::advisory {

struct Query {
    std::string stream, key, version;
    std::string unknown;   // why it cannot be looked for; empty: it can
    bool skipped = false;  // it is nothing that advisories speak of
};

// "debian:12"; empty for an image without a distribution.
[[nodiscard]] std::string stream_of(const inventory::Distribution& distribution);

[[nodiscard]] Query query_of(const inventory::Package& package, const inventory::Distribution& distribution);

// "linux-libc-dev holds headers only": why a finding of the source cannot be of this package; empty: it can.
[[nodiscard]] std::string narrowed(const inventory::Package& package, const inventory::Inventory& inventory);

// The type of the distribution's own packages, "deb"; empty for one that is not known.
[[nodiscard]] std::string_view package_type_of(const inventory::Distribution& distribution);

}  // namespace pith::advisory
