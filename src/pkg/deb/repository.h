// Debian repositories: from sources to a Universe of packages, and from chosen packages to their files.
//
// The chain of trust: InRelease (signed) → Packages (by SHA-256) → .deb (by SHA-256); nothing is used before it
// holds. What was fetched is kept in the cache; online, each mirror is still asked whether its InRelease changed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/cache.h"
#include "base/thread_pool.h"
#include "net/transfer.h"
#include "pkg/deb/release_trust.h"
#include "pkg/deb/sources.h"
#include "pkg/universe.h"

namespace pith::pkg::deb {

// What the summary tells of a source. No mirror's URL.
struct SourceFacts {
    std::string name, suite;
    MirrorOrigin origin = MirrorOrigin::definition;
    std::string date;                 // RFC 3339
    bool asked = true;                // false: offline, as the cache has it
    std::vector<std::string> waived;  // checks that its own settings, or the host's, switch off
};

struct Opened {
    Universe universe;
    std::vector<SourceFacts> sources;  // in the order given
};

// Everything that `sources` have for any of `architectures` (Debian's names). The universe's repositories stand in
// the order of the sources, then components, then architectures.
// Errors: network, offline, not_found, integrity, format, limit; nothing is kept of what does not hold.
[[nodiscard]] Result<Opened> open_repositories(std::span<const Source> sources,
                                               std::span<const std::string> architectures, const TrustOptions& trust,
                                               const net::Options& options, const Cache& cache, ThreadPool& pool,
                                               Progress& progress);

// A package and where it is from.
struct PackageSource {
    const Package* package = nullptr;
    const Repository* repository = nullptr;
};

// Those whose file the cache does not have, each file once.
[[nodiscard]] std::vector<PackageSource> missing_packages(std::span<const PackageSource> packages, const Cache& cache);

struct Fetched {
    std::size_t packages = 0;  // that were not in the cache
    std::uint64_t bytes = 0;
};

// Sees to it that the cache has the file of each package, as a blob under Package::sha256; of one that is there only
// the size is looked at, for whoever reads it checks its digest. A cut download is resumed by the next run. Errors:
// those of net::fetch(), with the package's name.
[[nodiscard]] Result<Fetched> fetch_packages(std::span<const PackageSource> packages, const net::Options& options,
                                             const Cache& cache, Progress& progress);

}  // namespace pith::pkg::deb
