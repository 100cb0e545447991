// Images from one place to another, byte for byte: manifests and indexes stay what they are, so the digest does too.
//
// A docker-archive and a root folder hold no manifest: from and to them the digest is another. Layers are never
// compressed again. Between registries only those blobs move that the second one lacks; where both are one registry,
// they are mounted.
#pragma once

#include "oci/content.h"

namespace pith::oci {

// Without a platform all of an index is copied, with one that platform's manifest alone; docker-archive: and dir: hold
// one, which must then be chosen.
// Errors: those of open_image() and write(); usage for dir: as a source, which is no image; limit (100,000 blobs,
// indexes four deep).
[[nodiscard]] Result<Written> copy(const Destination& from, const Destination& to,
                                   const std::optional<Platform>& platform, registry::Registries& registries,
                                   Progress& progress);

}  // namespace pith::oci
