// An image opened for reading, from any of the places that destination.h names but a root folder (root_listing.h).
//
// The documents are read and checked against their digests; layers are only opened. Nothing is unpacked. Of an image in
// a registry the layers are not fetched either: who reads them brings them first (Image::source).
#pragma once

#include <optional>

#include "oci/content.h"

namespace pith::oci {

struct OpenedImage {
    Image image;           // of the configuration: platform and created; of each layer: all but tar_size
    Digest name;           // what the image is known by: its manifest's digest; in a docker-archive its configuration's
    std::string config{};  // the configuration's own bytes
};

// `platform` chooses among several, and must be given then; one that is given must be there.
// Errors: not_found (file, tag, platform; what there is stands in the message), usage (a choice is missing),
// integrity (a digest or size does not hold), format, limit, unsupported (kinds of layers and digests).
[[nodiscard]] Result<OpenedImage> open_image(const Destination& place, const std::optional<Platform>& platform,
                                             registry::Registries& registries);

// The same of what a name was found to lead to.
[[nodiscard]] Result<OpenedImage> open_found(const Found& found, const std::optional<Platform>& platform);

// The manifest for a platform in an index; without a platform its only one.
[[nodiscard]] Result<Descriptor> choose_platform(const Content& content, const Descriptor& index,
                                                 const std::optional<Platform>& platform);

}  // namespace pith::oci
