// Adds to findings what is known of their vulnerabilities whatever the package. Severity, in this order: as the
// package's feed rates it; the NVD; other collections. Errors: format. Thread-safety: a function.
#pragma once

#include "advisory/database.h"
#include "advisory/findings.h"

namespace pith::advisory {

[[nodiscard]] Result<> rate(Findings& findings, Database& database);

}  // namespace pith::advisory
