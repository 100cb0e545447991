// Proves an image by building it again: from its attested definition and lock, with nothing of former builds but the
// packages, by their digests.
#pragma once

#include <string>

#include "cli/commands.h"
#include "oci/output.h"
#include "trust/image/verify_image.h"

namespace pith::cli {

// Prints what was proved on standard error. `place` is where the image is, `image` its digest, `provenance` its
// attestations that hold, of which the first that pith can read counts; `store` is a store of packages, or empty.
// Errors: integrity where another image comes out, with the first layer and file that differ; not_found with the
// packages that can no longer be had; unsupported for what another program, or other rules of composition, built.
[[nodiscard]] Result<> prove_by_rebuilding(const oci::Destination& place, const Digest& image,
                                           const trust::VerifiedImage& provenance, const std::string& store,
                                           Session& session);

}  // namespace pith::cli
