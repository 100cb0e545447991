// CVSS base scores from their vectors, for feeds that give the vector alone.
// Sources: first.org, "CVSS v3.1 Specification", sections 7.1 and 7.4, appendix A; "A Complete Guide to CVSS
// Version 2.0", section 3.2.1. Version 4 needs a table of 270 scores and is not computed. Thread-safety: functions
// without state.
#pragma once

#include <optional>
#include <string_view>

#include "advisory/model.h"

namespace pith::advisory {

// Ten times the base score of a vector "CVSS:3.1/AV:N/…" or "AV:N/AC:L/Au:N/…"; nothing for any other text.
[[nodiscard]] std::optional<std::uint8_t> cvss_score(std::string_view vector);

// Ten times a score as a number, 0 for one outside of 0 to 10.
[[nodiscard]] std::uint8_t tenths(double score);

// The rating scale of CVSS v3 (section 5): low up to 3.9, medium up to 6.9, high up to 8.9. No score: unknown.
[[nodiscard]] Severity severity_of_score(std::uint8_t tenths);

}  // namespace pith::advisory
