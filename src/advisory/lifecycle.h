// Whether a release is still supported. Thread-safety: functions without state.
#pragma once

#include <string>

#include "advisory/database.h"

namespace pith::advisory {

// Why what is known of a release does not hold on that day: it has ended, or its end is not known. Empty: it is
// supported. Feeds come first; releases that they do not name are looked up in a table of pith's own, of August 2026.
[[nodiscard]] Result<std::string> end_of_life(Database& database, const std::string& stream, const std::string& as_of);

}  // namespace pith::advisory
