// Where two images that should be the same differ first: what to say when a build does not give what was published.
// Thread-safe.
#pragma once

#include <string>

#include "base/cache.h"
#include "base/thread_pool.h"
#include "oci/image.h"

namespace pith::oci {

// "layer 3 of 11: /etc/nginx/nginx.conf has other content"; that layers are compressed differently and hold the same;
// or, where all layers are equal, that the configurations or manifests differ. For images whose digests differ; only
// the first layers that differ are read. Errors: those of list_layers().
[[nodiscard]] Result<std::string> first_difference(const Image& published, const Image& rebuilt, const Cache& cache,
                                                   ThreadPool& pool);

}  // namespace pith::oci
