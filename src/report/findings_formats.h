// Findings for other programs: SARIF 2.1.0 (OASIS), CycloneDX 1.6 as a vulnerability disclosure report, JUnit's XML,
// and Markdown for a comment in a review. What is suppressed is in SARIF and CycloneDX as such, and nowhere else. An
// unknown verdict is an error in JUnit, a notification in SARIF, a property in CycloneDX. Of SARIF and Markdown,
// `compared` is nothing, or what `findings` is the later image of. Thread-safe.
#pragma once

#include <string>

#include "advisory/findings.h"
#include "report/difference_report.h"

namespace pith::report {

[[nodiscard]] std::string to_sarif(const advisory::Findings& findings, const BeforeAfter* compared,
                                   const std::string& version);
[[nodiscard]] std::string to_cyclonedx_vdr(const advisory::Findings& findings, const std::string& version);
[[nodiscard]] std::string to_junit(const advisory::Findings& findings);
[[nodiscard]] std::string to_markdown(const advisory::Findings& findings, const BeforeAfter* compared);

}  // namespace pith::report
