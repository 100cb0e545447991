// libsolv as the judge: given clauses, a set that meets them all, or why there is none.
// Thread-safety: the function holds no state.
#pragma once

#include <string>
#include <vector>

#include "solve/clauses.h"

namespace pith::solve {

// One step of the proof that there is no answer; the fields that the kind names are set.
struct Fact {
    enum class Kind : std::uint8_t {
        asked,      // index: a request
        forbidden,  // by: a candidate that "!name" forbids
        needs,      // index: of Clauses::needs
        clash,      // index: of Clauses::clashes
        one_name,   // by, with: two versions of one package
    } kind;
    std::size_t index = 0;
    Candidate by = 0, with = 0;
};

struct Verdict {
    bool possible = false;
    std::vector<Candidate> chosen;  // where possible, ascending; may hold more than is needed
    std::vector<Fact> proof;        // else, in no particular order but the same on every run
};

// Where several candidates would do, the favoured ones win, then newer versions, then what was reached first.
[[nodiscard]] Verdict judge(const Candidates& candidates, const Clauses& clauses,
                            const std::vector<Candidate>& favoured);

}  // namespace pith::solve
