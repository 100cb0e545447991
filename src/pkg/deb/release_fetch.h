// Step 1 of opening repositories: the signed state of each source as its mirror gives it now, InRelease, or Release
// and Release.gpg where there is none. What was fetched last is kept in the cache, so the mirror is only asked
// whether that is still right (a conditional request); offline, it is used as it is.
// Nothing is verified here. Limits: 16 MiB a file. Thread-safe.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/cache.h"
#include "net/transfer.h"
#include "pkg/deb/sources.h"

namespace pith::pkg::deb {

struct ReleaseBytes {
    std::string file;                 // InRelease, or Release
    std::string signature;            // empty with InRelease, and with a source that needs none
    std::string etag, last_modified;  // of InRelease
    // Fetched now; the cache's, which the mirror confirms; or the cache's, used offline.
    enum class From { mirror, confirmed, cache } from = From::mirror;
};

// In the order of the sources. Errors: those of net::fetch(); offline says that there is no copy yet.
[[nodiscard]] Result<std::vector<ReleaseBytes>> fetch_releases(std::span<const Source> sources,
                                                               const net::Options& options, const Cache& cache,
                                                               Progress& progress);

// Keeps one for the next time. To be called for one that holds, as the mirror is then asked conditionally only.
[[nodiscard]] Result<> keep_release(const Source& source, const ReleaseBytes& bytes, const Cache& cache);

// "http://mirror.example/debian/dists/trixie/PATH"
[[nodiscard]] std::string url_in_suite(const Source& source, std::string_view path);

}  // namespace pith::pkg::deb
