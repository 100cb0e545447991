// What is attached to an image in its repository: signatures, attestations, bills of materials.
//
// That is every manifest whose subject (image-spec 1.1, manifest.md) is the image, one of its platforms' manifests, or
// something attached to these; and what cosign's tags lead to: sha256-HEX.sig, .att and .sbom for each of them (cosign,
// specs/SIGNATURE_SPEC.md). Nothing is verified here but digests.
#pragma once

#include <vector>

#include "oci/documents.h"
#include "oci/index.h"
#include "oci/repository.h"

namespace pith::oci {

// Each after what it is attached to, in an order that follows from the digests alone; under cosign's tag, or without a
// name. Of `top` all manifests must be in the repository.
// Errors: those of the repository; not_found where it lists what it has not; limit (1,000 manifests together with the
// image's own).
[[nodiscard]] Result<std::vector<Top>> attached_to(Repository& repository, const Descriptor& top);

// Whether an entry of a layout's index.json is attached to an image, by its name or by cosign's annotation.
[[nodiscard]] bool is_attached(const IndexEntry& entry);

}  // namespace pith::oci
