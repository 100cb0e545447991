// What is known to be wrong with an image, for people and for programs (docs/scan.md describes the JSON). Thread-safe.
#pragma once

#include <string>

#include "advisory/findings.h"

namespace pith::report {

// The verdict and its reasons, then a row a finding, the riskiest first. `all` shows what is suppressed as well.
[[nodiscard]] std::string to_text(const advisory::Findings& findings, bool all);
// One document, keys in a fixed order, ending in LF; everything, whatever a table would leave out.
[[nodiscard]] std::string to_json(const advisory::Findings& findings);

// "7.5", of ten times a score.
[[nodiscard]] std::string score_text(std::uint8_t tenths);
// Where one reads about a vulnerability; empty where no address follows from its name.
[[nodiscard]] std::string address_of(const std::string& id);

}  // namespace pith::report
