// Which artifacts a Java archive is: by its pom.properties, its manifest and its file name, in this order of trust.
// Thread-safety: a function without state.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pith::inventory::packages {

struct JavaArchive {
    std::string path;  // those of archives in archives after a ':'
    std::optional<std::string> manifest;
    std::vector<std::string> poms;  // texts of pom.properties
};

struct JavaArtifact {
    std::string group, name, version;
};

// The archive's own first, then what it includes; one that has no manifest and no pom.properties is none.
[[nodiscard]] std::vector<JavaArtifact> artifacts_of(const JavaArchive& archive);

}  // namespace pith::inventory::packages
