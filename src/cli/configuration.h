// What users set once for all runs: $XDG_CONFIG_HOME/pith/config.yaml, then PITH_* in the environment, then options.
#pragma once

#include "cli/commands.h"

namespace pith::cli {

// Fills in the global options that were not given, from the environment or else from the configuration file.
// usage errors name the variable, or file and line; an unknown key is one.
[[nodiscard]] Result<> settle(const CLI::App& app, Globals& globals);

}  // namespace pith::cli
