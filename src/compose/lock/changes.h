// What differs between two locks, package by package. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/cache.h"
#include "compose/lock.h"
#include "compose/lock/lock_file.h"

namespace pith::compose {

struct PackageChange {
    enum class Kind { added, removed, updated } kind = Kind::updated;
    std::string package;
    std::string from, to;            // versions; equal where only the bytes of the package differ
    std::vector<std::string> fixes;  // CVE ids that the changelog names since `from`
    std::string note;                // why there is no changelog to read
    bool operator==(const PackageChange&) const = default;
};

// By name. Where there is no `before`, every package was added.
[[nodiscard]] std::vector<PackageChange> changes_between(const Lock* before, const Lock& after);

// Fills in `fixes` and `note` of what was updated to a newer version, from the packages in the cache.
void read_fixes(const Lock& after, const Cache& cache, std::vector<PackageChange>& changes);

// Do both make the same images? Repositories may have been signed anew in between, and another mirror's state says
// nothing of packages that stayed.
[[nodiscard]] bool lock_the_same(const LockFile& a, const LockFile& b);

}  // namespace pith::compose
