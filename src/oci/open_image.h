// An image opened for reading, from any of the places that destination.h names but a root folder (root_listing.h).
//
// The documents are read and checked against their digests; layers are only opened. Nothing is unpacked or written.
#pragma once

#include <optional>

#include "oci/output.h"

namespace pith::oci {

struct OpenedImage {
    Image image;  // of the configuration: platform and created; of each layer: all but tar_size
    Digest name;  // what the image is known by: its manifest's digest; in a docker-archive its configuration's
};

// `platform` chooses among several, and must be given then; one that is given must be there.
// Errors: not_found (file, tag, platform; what there is stands in the message), usage (a choice is missing),
// integrity (a digest or size does not hold), format, limit, unsupported (kinds of layers and digests).
[[nodiscard]] Result<OpenedImage> open_image(const Destination& place, const std::optional<Platform>& platform);

}  // namespace pith::oci
