// What a build tells its user: a summary for people, and the same as JSON. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "compose/build.h"

namespace pith::report {

struct BuildReport {
    std::string definition, variant;
    std::vector<std::string> sources;  // "debian trixie, debian-security …: mirror from the host's APT sources"
    std::vector<compose::BuildSummary> platforms;
    std::vector<std::string> outputs;  // as named by the user
    std::vector<std::string> sboms;    // files
    Digest digest;
};

// Lines for standard error, without colour.
[[nodiscard]] std::string to_text(const BuildReport& report);
// One document, keys in a fixed order, ending in LF.
[[nodiscard]] std::string to_json(const BuildReport& report);

}  // namespace pith::report
