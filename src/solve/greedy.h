// apt's choice: one pass over the dependencies, depth first, that never takes a decision back.
//
// What apt does on an empty system (apt-pkg/depcache.cc of apt 2.6, MarkInstall): everything asked for is
// marked first; then each package's Pre-Depends and Depends in the order written; a dependency that
// something marked already meets asks for nothing more; else its possible solutions are tried in order, each
// with all its own dependencies, and the first that works out is taken. One that fails is not tried again.
// Among providers that nothing else tells apart, apt goes by the order in which its cache met them; here the
// one that adds the fewest packages is taken, then the first by name.
#pragma once

#include <vector>

#include "solve/candidates.h"

namespace pith::solve {

struct Greedy {
    std::vector<Candidate> chosen{};  // in the order of the decisions
    bool complete = false;            // every dependency met and no conflict
};

// `asked`: for each request the candidates that meet it, the preferred one first; none of them empty.
[[nodiscard]] Greedy choose_greedily(Candidates& candidates, const std::vector<std::vector<Candidate>>& asked,
                                     const std::vector<pkg::Relation>& conflicts);

}  // namespace pith::solve
