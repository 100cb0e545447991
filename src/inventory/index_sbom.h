// The bill of materials of an index: its images, one a platform, by their digests. What is in each stands in that
// image's own. The same index gives the same bytes. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "oci/image.h"

namespace pith::inventory {

struct IndexFacts {
    std::string name;
    Digest digest;
    std::string created;  // RFC 3339, UTC: the newest image's
    struct Variant {
        oci::Platform platform;
        Digest digest;
    };
    std::vector<Variant> images;  // in the order of the index
};

// SPDX 2.3: the document describes the index, of which each image is a variant (VARIANT_OF, clause 11.1).
[[nodiscard]] std::string to_spdx(const IndexFacts& index, std::string_view version);
// CycloneDX 1.6: the images are components of the index, which depends on them.
[[nodiscard]] std::string to_cyclonedx(const IndexFacts& index, std::string_view version);

}  // namespace pith::inventory
