// What an update did, and what the advisory database holds: for people, and as JSON. Thread-safe.
#pragma once

#include <string>

#include "advisory/database.h"
#include "advisory/update.h"

namespace pith::report {

[[nodiscard]] std::string to_text(const std::vector<advisory::Outcome>& outcomes);

// Origin, date, digest and age of each feed, and what it covers; ages in days up to `as_of`.
[[nodiscard]] std::string status_text(const advisory::Database& database, const std::string& as_of);
[[nodiscard]] std::string status_json(const advisory::Database& database, const std::string& as_of);

}  // namespace pith::report
