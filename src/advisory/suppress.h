// What is known to be no matter: statements of OpenVEX documents and the user's own ignore rules. A finding that one of
// them speaks of stays, marked with what suppressed it and why; it no longer counts.
//
// OpenVEX (openvex.dev, spec 0.2.0): "not_affected" and "fixed" suppress; of two statements on the same, the later one
// counts. A product is the image (its digest, or an oci or docker package URL, with the packages as subcomponents) or a
// package; a package URL without a version means every version, its qualifiers do not count.
// Ignore rules: YAML, a list of {id, package, purl, path, state, reason, expires}; all that a rule names must hold.
// `reason` is mandatory, and a rule ends with the day `expires`. Limits: 16 MiB a document. Errors: format with the
// place. Thread-safety: functions without state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advisory/findings.h"
#include "base/result.h"

namespace pith::advisory {

struct Suppression {
    std::string by;                       // the file, for people
    std::string id, package, purl, path;  // what must hold; empty: anything
    std::optional<State> state;           // the same
    std::vector<std::string> products;    // of VEX: one of these must be the package or the image
    std::string reason, expires;          // a day; empty: never
    bool lifts = false;                   // of VEX: a later statement that it matters after all
};

// In the order in which they were said: the last that fits a finding decides.
[[nodiscard]] Result<std::vector<Suppression>> read_vex(std::string_view text, const std::string& name);
[[nodiscard]] Result<std::vector<Suppression>> read_ignores(std::string_view text, const std::string& name);

// Marks findings and settles them again. What has ended is added to `notes`, a sentence each.
void suppress(Findings& findings, const std::vector<Suppression>& suppressions, std::vector<std::string>& notes);

}  // namespace pith::advisory
