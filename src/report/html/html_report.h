// A scan as one self-contained page of HTML, alone or compared with an older image: verdict and what is not known, the
// figures before and after as pictures, what each package contributes, and every finding with its evidence, to be
// filtered, searched and sorted. It asks no server for anything, which its Content-Security-Policy (CSP Level 3) also
// says; without scripts everything is there but filters and order. Deterministic. Thread-safe.
#pragma once

#include <string>

#include "advisory/findings.h"
#include "report/difference_report.h"

namespace pith::report {

// `compared`: nothing, or what `findings` is the later image of.
[[nodiscard]] std::string to_html(const advisory::Findings& findings, const BeforeAfter* compared,
                                  const std::string& version);

}  // namespace pith::report
