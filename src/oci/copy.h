// Images from one place to another, byte for byte: manifests and indexes stay what they are, so the digest does too.
//
// A docker-archive and a root folder hold no manifest: from and to them the digest is another. Layers are never
// compressed again. Between registries only those blobs move that the second one lacks; where both are one registry,
// they are mounted.
#pragma once

#include "oci/blobs.h"
#include "oci/content.h"

namespace pith::oci {

// Without a platform all of an index is copied, with one that platform's manifest alone; docker-archive: and dir: hold
// one, which must then be chosen.
// Errors: those of open_image() and write(); usage for dir: as a source, which is no image; limit (100,000 blobs,
// indexes four deep).
[[nodiscard]] Result<Written> copy(const Destination& from, const Destination& to,
                                   const std::optional<Platform>& platform, registry::Registries& registries,
                                   Progress& progress);

// The same in two steps, for who adds to what is copied.
struct Gathered {
    BlobSet set;   // blobs that are not here yet have pieces all the same: places in the cache
    Found source;  // what brings them; without content where all are here
};
enum class Attachments { left_out, taken };
// `from` holds manifests: docker://, oci:, oci-archive:. Attachments, which a registry or a layout has (attached.h),
// are all copied; more than 4 GiB of them is a `limit` error.
[[nodiscard]] Result<Gathered> gather(const Destination& from, const std::optional<Platform>& platform,
                                      Attachments attachments, registry::Registries& registries);
// To where manifests are kept. `from` is what was gathered from.
[[nodiscard]] Result<Written> write_gathered(Gathered gathered, const Destination& from, const Destination& to,
                                             registry::Registries& registries, Progress& progress);
// Sees to it that all blobs are here.
[[nodiscard]] Result<> bring(const Gathered& gathered);

}  // namespace pith::oci
