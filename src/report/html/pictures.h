// Pictures of the HTML report: bars, a rectangle a severity, as SVG within the page. What a bar shows stands beside it
// in numbers, and in its label for who does not see it. Thread-safe.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "advisory/model.h"

namespace pith::report {

using BySeverity = std::array<std::size_t, 6>;  // counts, by the number of the Severity

[[nodiscard]] std::size_t sum_of(const BySeverity& counts);

// One bar; `most` is what the whole width stands for.
[[nodiscard]] std::string bar(const BySeverity& counts, std::size_t most);
[[nodiscard]] std::string plain_bar(std::size_t count, std::size_t most);

// A small square of the severity's colour.
[[nodiscard]] std::string swatch(advisory::Severity severity);

}  // namespace pith::report
