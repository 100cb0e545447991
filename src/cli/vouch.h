// What a build vouches for: signatures and attestations of the images that it wrote, attached where they were written.
//
// Each image and the index of them get bills of materials (SPDX, CycloneDX), provenance and the VEX documents given;
// each image the findings of a scan, and the outcome of its tests where they ran. Signatures come last, so what is
// signed has all of its attestations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "compose/build.h"
#include "oci/output.h"
#include "provenance/provenance.h"
#include "runner/image_test.h"
#include "trust/key.h"

namespace pith::cli {

struct VouchOptions {
    bool sign = false, attest = false, no_tag = false;
    std::string key, builder;
    std::vector<std::string> vex;

    [[nodiscard]] bool wanted() const { return sign || attest; }
};
void add_vouch_options(CLI::App& command, VouchOptions& options);

// The key to sign with; asks for its password where it has one. Usage errors for options that do not go together, and
// where no output can hold what is attached: that is a repository or a layout.
[[nodiscard]] Result<trust::PrivateKey> read_vouching_key(const VouchOptions& options,
                                                          const std::vector<oci::Destination>& outputs);

// What was built, and what from; images and locks go together.
struct Build {
    std::string name;  // of the image in its bills of materials
    compose::ResolvedDefinition definition;
    compose::LockFile lock;
    const std::vector<compose::Lock>& locks;
    const std::vector<compose::BuiltImage>& images;
    std::vector<std::optional<runner::TestReport>> tests;  // one an image; nothing where they did not run
    std::optional<std::int64_t> source_date_epoch;
    std::vector<provenance::Provenance::FetchedFile> fetched;
};
[[nodiscard]] Result<> vouch(const Build& build, const std::vector<oci::Destination>& outputs,
                             const trust::PrivateKey& key, const VouchOptions& options, Session& session);

}  // namespace pith::cli
