// Plan → layers. A layer is made of members: one member a package, the cached unit, which is its tar
// entries without the end of the archive, compressed; and a last member with what the image itself adds.
// A layer's blob is the concatenation of its members and an end (RFC 1952 section 2.2, RFC 8878 section 3:
// concatenated members are one stream), so a package gives the same blob to every image that holds it.
//
// Folders are written once, by the last layer: they belong to the image, whatever packages ship them, and
// so a package's member does not depend on its neighbours.
#pragma once

#include <cstdint>
#include <vector>

#include "archive/deflate.h"
#include "base/cache.h"
#include "base/progress.h"
#include "base/thread_pool.h"
#include "compose/plan.h"
#include "oci/image.h"

namespace pith::compose {

struct Layers {
    std::vector<oci::Layer> layers;
    std::size_t members_new = 0, members_reused = 0;
    std::vector<std::string> made;  // the names of the packages whose members were made, not found
};

// What the definition's layers are compressed with.
[[nodiscard]] archive::Compressor compressor_of(const Definition& definition);

// `groups` are Lock::layers; packages without a file in the image are in no layer.
[[nodiscard]] Result<Layers> make_layers(const Plan& plan, const std::vector<std::vector<int>>& groups,
                                         const archive::Compressor& compressor, const Cache& cache, ThreadPool& pool,
                                         Progress& progress);

}  // namespace pith::compose
