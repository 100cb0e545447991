// A request as plain logic over candidates: what is asked, what needs what, what cannot stand together.
// All knowledge of names, versions and provides has gone into it, so the judge (judge.h) needs none.
#pragma once

#include <vector>

#include "solve/candidates.h"

namespace pith::solve {

struct Need {
    Candidate by;
    const pkg::Alternatives* group;  // as `by` writes it
    std::vector<Candidate> met_by;   // none: it cannot be met
};

// `by` declares that it cannot stand beside `with`.
struct Clash {
    Candidate by, with;
    const pkg::Relation* relation;
    bool breaks;  // Breaks, else Conflicts
};

struct Clauses {
    std::vector<Candidate> candidates;          // in the order in which they were reached
    std::vector<std::vector<Candidate>> asked;  // for each request, what meets it
    std::vector<Candidate> forbidden;           // by "!name"
    std::vector<Need> needs;
    std::vector<Clash> clashes;
};

// The clauses of everything that the request can reach: over all alternatives, providers and versions.
// With `only`, of those candidates alone. Limits: see clauses.cpp; a request beyond them is a `limit` error.
[[nodiscard]] Result<Clauses> clauses_of(Candidates& candidates, const std::vector<std::vector<Candidate>>& asked,
                                         const std::vector<pkg::Relation>& conflicts,
                                         const std::vector<Candidate>* only = nullptr);

}  // namespace pith::solve
