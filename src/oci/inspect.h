// What an image says of itself, without its layers being read or fetched.
#pragma once

#include "oci/open_image.h"

namespace pith::oci {

struct Inspected {
    Document top;                       // what the name leads to; of a docker-archive the configuration
    std::vector<IndexEntry> platforms;  // of an index
    std::optional<OpenedImage> image;   // unless it is an index of several platforms, and none was chosen
};
// Errors: those of open_image(), but for an index without a platform.
[[nodiscard]] Result<Inspected> inspect(const Destination& place, const std::optional<Platform>& platform,
                                        registry::Registries& registries);

}  // namespace pith::oci
