// What the commands that use advisories share.
#pragma once

#include "cli/commands.h"

namespace pith::cli {

// --database, else PITH_ADVISORIES, else the user's.
[[nodiscard]] std::filesystem::path advisory_database(const std::string& option, const Globals& globals);

// A --as-of or --date; today where it is not given. Errors: usage.
[[nodiscard]] Result<std::string> date_option(const std::string& text, std::string_view option);
[[nodiscard]] std::string today();  // UTC

}  // namespace pith::cli
