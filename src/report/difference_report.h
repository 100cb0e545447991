// What changed between two images, their vulnerabilities with it: for people, for a comment in a review, and as JSON
// (docs/scan.md describes it). Where either image could not be looked up, no percentage of vulnerabilities is given,
// and what could not be looked up is said beside every one. Thread-safe.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "advisory/comparison.h"
#include "inventory/difference.h"

namespace pith::report {

// Two images: what is in them, and what is known of that.
struct BeforeAfter {
    const inventory::Difference& difference;
    const advisory::Findings& before;
    const advisory::Findings& after;
    const advisory::Comparison& vulnerabilities;
};

// Totals, packages, and vulnerabilities by severity; `files` lists each file that changed, without it they are counted.
[[nodiscard]] std::string to_text(const BeforeAfter& compared, bool files);
// Totals, vulnerabilities by severity, and those that came.
[[nodiscard]] std::string summary_text(const BeforeAfter& compared);
[[nodiscard]] std::string to_markdown(const BeforeAfter& compared);
// One document, keys in a fixed order, ending in LF; all files are listed with `files`.
[[nodiscard]] std::string to_json(const BeforeAfter& compared, bool files);
// Both images and their vulnerabilities, to stand in another document.
[[nodiscard]] nlohmann::ordered_json summary_json(const BeforeAfter& compared);

// "-79 %", "+4 %", "0 %"; nothing where there was nothing before.
[[nodiscard]] std::string change_text(double before, double after);
// The same of a tally, what is unclear counted as still there; "not known" where either image could not be looked up.
[[nodiscard]] std::string change_text(const advisory::Tally& tally, bool known);
// What a reader of the figures must know: packages of either image that could not be looked up. Empty: nothing.
[[nodiscard]] std::string caveat_of(const BeforeAfter& compared);

}  // namespace pith::report
