// What the changelogs in Debian packages say they fix. Source: Debian policy 4.4 (debian/changelog) and 12.7 (where it
// is installed). Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/cache.h"
#include "compose/lock.h"

namespace pith::compose {

// The CVE ids that the entries of versions newer than `version` name, by year and number, once each. Reads from the
// newest entry to the first that is not newer.
[[nodiscard]] std::vector<std::string> fixed_since(std::string_view changelog, std::string_view version);

// The Debian changelog that a package of the lock ships. Where /usr/share/doc/NAME leads to another package's folder,
// as for packages of one source, the other is read if the lock has it.
// Errors: not_found (in words for a report: no changelog, it leads out of the lock, or the .deb is not in the cache),
// limit (over 64 MiB), format.
[[nodiscard]] Result<std::string> read_changelog(const Lock& lock, const LockedPackage& locked, const Cache& cache);

}  // namespace pith::compose
