// The bills of materials that a build writes beside its image: those of `pith sbom`, joined with what the build knows
// of its packages. A document is kept in the cache under the image's digest and what was joined, so a repeated build
// makes none.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "compose/build.h"
#include "compose/lock.h"
#include "oci/output.h"

namespace pith::cli {

struct BuildSbomOptions {
    std::vector<std::string> formats = {"spdx", "cyclonedx"};
    std::string folder;  // --sbom-path; empty: beside each output
};
void add_sbom_options(CLI::App& command, BuildSbomOptions& options);

// Both documents of one image.
struct Sboms {
    std::string spdx, cyclonedx;
};
[[nodiscard]] Result<Sboms> sbom_documents(const std::string& name, const compose::Lock& lock,
                                           const compose::BuiltImage& built, Session& session);

// `locks` and `built` go together. Gives the files that were written.
[[nodiscard]] Result<std::vector<std::string>> write_sboms(const std::string& name,
                                                           const std::vector<compose::Lock>& locks,
                                                           const std::vector<compose::BuiltImage>& built,
                                                           const std::vector<oci::Destination>& outputs,
                                                           const BuildSbomOptions& options, Session& session);

}  // namespace pith::cli
