// What a scan and what tests found, as predicates of attestations. Thread-safe.
#pragma once

#include <string>

#include "advisory/findings.h"
#include "base/digest.h"
#include "runner/image_test.h"

namespace pith::report {

// Who scanned, by which database, and the findings as their own JSON; `time` is RFC 3339, `version` the program's.
// Source: cosign, specs/COSIGN_VULN_ATTESTATION_SPEC.md (https://cosign.sigstore.dev/attestation/vuln/v1).
[[nodiscard]] std::string to_vuln_predicate(const advisory::Findings& findings, const std::string& version,
                                            const std::string& time);

// Which of the definition's tests passed; `definition` names it, with the digest of what was built.
// Source: in-toto/attestation, spec/predicates/test-result.md, v0.1.
[[nodiscard]] std::string to_test_predicate(const runner::TestReport& report, const std::string& definition,
                                            const Digest& digest);

}  // namespace pith::report
