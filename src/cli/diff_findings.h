// The half of pith diff that compares two scanners' findings.
#pragma once

#include "cli/commands.h"

namespace pith::cli {

struct FindingsDiff {
    std::string ours, theirs, database, format;
    bool all = false;
};

Result<int> diff_findings(const FindingsDiff& options, const Globals& globals);

}  // namespace pith::cli
