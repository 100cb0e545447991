// The manual page pith(1), made from the command line's tree. Source of the format: man(7).
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace pith::cli {

// `version` and `date` (YYYY-MM-DD) are the release's.
[[nodiscard]] std::string manual_page(const Command& root, std::string_view version, std::string_view date);

}  // namespace pith::cli
