// Packages kept by digest in a repository of a registry: archives drop old versions, and a lock lives as long as its
// packages can be had.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "compose/lock.h"

namespace pith::cli {

// Brings those packages of the locks into the cache that it lacks and the store has. An empty store has none.
// Errors: usage for a store that is no repository of a registry; those of the registry.
[[nodiscard]] Result<> bring_stored_packages(const std::vector<compose::Lock>& locks, const std::string& store,
                                             Session& session);

// Puts the packages of the locks, which the cache has, into the store where it lacks them; tells how many.
[[nodiscard]] Result<> store_packages(const std::vector<compose::Lock>& locks, const std::string& store,
                                      Session& session);

}  // namespace pith::cli
