// The HTML report's table of findings, and the form that filters it. Thread-safe.
#pragma once

#include <string>

#include "advisory/findings.h"
#include "report/difference_report.h"

namespace pith::report {

// All of the image's findings, suppressed ones too; with a comparison, those that went as well.
[[nodiscard]] std::string findings_section(const advisory::Findings& findings, const BeforeAfter* compared);

}  // namespace pith::report
