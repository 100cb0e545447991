// Completion for the shells, as scripts made from the command line's tree.
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace pith::cli {

[[nodiscard]] std::string bash_completion(const Command& root);
[[nodiscard]] std::string zsh_completion(const Command& root);
[[nodiscard]] std::string fish_completion(const Command& root);

}  // namespace pith::cli
