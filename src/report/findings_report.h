// What is known to be wrong with an image, for people and for programs (docs/scan.md describes the JSON). Thread-safe.
#pragma once

#include <array>
#include <string>

#include "advisory/findings.h"
#include "report/difference_report.h"

namespace pith::report {

// Of all of these, `compared` is nothing, or what `findings` is the later image of; then it is told as well.
// A row a finding, the riskiest first, then the verdict and its reasons. `all` shows what is suppressed as well.
[[nodiscard]] std::string to_text(const advisory::Findings& findings, bool all, const BeforeAfter* compared);
// One document, keys in a fixed order, ending in LF; everything, whatever a table would leave out.
[[nodiscard]] std::string to_json(const advisory::Findings& findings, const BeforeAfter* compared);

// From critical down.
inline constexpr std::array all_severities = {advisory::Severity::critical,   advisory::Severity::high,
                                              advisory::Severity::medium,     advisory::Severity::low,
                                              advisory::Severity::negligible, advisory::Severity::unknown};

// "7.5", of ten times a score.
[[nodiscard]] std::string score_text(std::uint8_t tenths);
// Where one reads about a vulnerability; empty where no address follows from its name.
[[nodiscard]] std::string address_of(const std::string& id);

}  // namespace pith::report
