// What is wrong with a command line, said so that the user sees what was meant.
#pragma once

#include <string>
#include <vector>

#include "cli/command_tree.h"

namespace pith::cli {

// "unknown command 'buidl'; did you mean 'build'?"; the same for options; else what the parser said, and where to read
// more. `arguments` are those of the program, without its name.
[[nodiscard]] std::string usage_error(const Command& root, const std::vector<std::string>& arguments,
                                      const std::string& said);

}  // namespace pith::cli
