// What each package contributes to the vulnerabilities of an image, before and after. Packages are those of their
// source, since a vulnerability is in all that is built from it. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "advisory/findings.h"
#include "report/html/pictures.h"

namespace pith::report {

struct Contribution {
    std::string source;
    BySeverity before{}, after{};  // vulnerabilities, each once
};

// The largest first, by what there was before, then after, then name. Without `before`, `after` alone is there.
[[nodiscard]] std::vector<Contribution> contributions_of(const advisory::Findings* before,
                                                         const advisory::Findings& after);

}  // namespace pith::report
