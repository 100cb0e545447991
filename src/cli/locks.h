// Where the locks of a build come from: from the lock file beside the definition, which then is all that counts, or
// resolved now from the repositories. Shared by the commands that work on packages.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "compose/definition/definition.h"
#include "compose/lock/lock_file.h"

namespace pith::cli {

struct LockOptions {
    std::string file;     // --lock; empty: the one beside the definition, if it is there
    bool locked = false;  // --locked: never resolve
};
void add_lock_options(CLI::App& command, LockOptions& options);

[[nodiscard]] compose::LockedChoice locked_choice(const DefinitionChoice& choice,
                                                  const compose::Definition& definition);
[[nodiscard]] Result<std::filesystem::path> lock_file_of(const DefinitionChoice& choice,
                                                         const compose::Definition& definition,
                                                         const std::string& file);
// "pith lock nginx.yaml --suite bookworm": what makes the lock anew, for messages.
[[nodiscard]] std::string lock_command(const DefinitionChoice& choice, const std::string& file);

struct Resolved {
    std::vector<compose::Lock> locks;  // one an architecture, in the order asked for
    std::vector<std::string> sources;  // a line each for the summary
    std::string file;                  // the lock file they are from; empty if they were resolved now
    std::string remake;                // lock_command(); empty where the lock is no file that could be made anew
};

// A lock file that is there is used, and no index is opened. Errors: those of reading it; conflict if it does not fit
// the definition; not_found with --locked if there is none.
[[nodiscard]] Result<Resolved> resolve(const DefinitionChoice& choice, const compose::Definition& definition,
                                       const std::vector<std::string>& architectures, const LockOptions& options,
                                       Session& session);

// Sees to it that the cache holds every package of the locks. Mirrors are looked for only if one is missing.
[[nodiscard]] Result<> fetch_packages(Resolved& resolved, const compose::Definition& definition, Session& session);

}  // namespace pith::cli
