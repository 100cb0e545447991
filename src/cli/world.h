// From a definition to what there is for it: opens the repositories that it names and fetches packages. Shared by the
// commands that work on definitions.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "compose/definition/definition.h"
#include "compose/lock.h"
#include "pkg/deb/repository.h"

namespace pith::cli {

struct World {
    pkg::Universe universe;
    std::vector<std::string> sources;  // a line each for the summary: what, of which day, on whose mirror
};

// `repositories` are as a definition writes them; `keyrings` are files, beside those of the command line.
[[nodiscard]] Result<World> open_world(const std::vector<std::string>& repositories,
                                       const std::vector<std::string>& keyrings,
                                       const std::vector<std::string>& architectures, const std::string& place,
                                       Session& session);
[[nodiscard]] Result<World> open_world(const compose::Definition& definition,
                                       const std::vector<std::string>& architectures, Session& session);

// The sources that a definition's repositories stand for, without opening them.
[[nodiscard]] Result<std::vector<pkg::deb::Source>> sources_of(const compose::Definition& definition,
                                                               const std::vector<std::string>& architectures,
                                                               const Session& session);

// The packages of the locks, as fetching takes them.
[[nodiscard]] std::vector<pkg::deb::PackageSource> packages_of(const std::vector<compose::Lock>& locks);
// Sees to it that the cache holds every package of the locks.
[[nodiscard]] Result<> fetch_packages(const std::vector<compose::Lock>& locks, Session& session);

[[nodiscard]] Result<compose::Definition> load(const DefinitionChoice& choice);
// Debian's names of the platforms chosen, or of the definition's architectures.
[[nodiscard]] Result<std::vector<std::string>> architectures_of(const DefinitionChoice& choice,
                                                                const compose::Definition& definition);

}  // namespace pith::cli
