// Step 3 of opening repositories: the Packages files that trusted Release files name, each parsed once and kept in
// the cache as an index under the digest of what it was made from; after that it is only mapped.
// Limits: 512 MiB a file, 2 GiB uncompressed. Thread-safe.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/cache.h"
#include "base/thread_pool.h"
#include "net/transfer.h"
#include "pkg/deb/release.h"
#include "pkg/deb/sources.h"
#include "pkg/universe.h"

namespace pith::pkg::deb {

// One Packages file: of a component and an architecture of a source.
struct WantedIndex {
    const Source* source = nullptr;
    std::string component, architecture;
    ReleaseFile file;                  // as it is fetched: compressed, mostly
    std::optional<ReleaseFile> plain;  // uncompressed, where the Release lists it
    bool by_hash = false;

    [[nodiscard]] const Digest& identity() const { return plain ? plain->sha256 : file.sha256; }
};

// Which file serves best. not_found names what there is instead.
[[nodiscard]] Result<WantedIndex> choose_index(const Source& source, const Release& release,
                                               const std::string& component, const std::string& architecture);

// In the order given. Errors: those of net::fetch(), and format where a Packages file is broken.
[[nodiscard]] Result<std::vector<Index>> open_indexes(std::span<const WantedIndex> wanted, const net::Options& options,
                                                      const Cache& cache, ThreadPool& pool, Progress& progress);

}  // namespace pith::pkg::deb
