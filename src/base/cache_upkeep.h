// What keeps a cache small and sound: how much it holds, eviction, and checking every entry.
//
// Eviction removes what was used least recently first, and nothing that another running process has used since
// it came (cache_use.h). It may run beside builds; a build that comes meanwhile waits for its end.
//
// How much a cache holds is not counted after each run: DIR/size has a line for what was counted last, and one for what
// each run has added since. What was replaced is in it twice; a line is missing of a run that was killed, and may be
// where processes meet; so it decides only when to count again.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/cache.h"
#include "base/progress.h"
#include "base/thread_pool.h"

namespace pith {

struct CacheUsage {
    std::string
        kind;  // "packages", "layers", "files" (blobs, by what they begin with); "records/members", …; "partial"
    std::uint64_t files = 0, bytes = 0;
};
[[nodiscard]] Result<std::vector<CacheUsage>> usage(const Cache& cache);  // sorted by kind

// What is to stay. Without any of them only what killed processes left is removed.
struct Keep {
    std::optional<std::uint64_t> most_bytes{};
    std::optional<std::chrono::seconds> most_age{};  // since the last use
};

struct Pruned {
    std::uint64_t files = 0, bytes = 0;  // removed
    std::uint64_t left = 0, in_use = 0;  // bytes that are left; of them such as had to stay because they are in use
};
// io error for a cache that can only be read; conflict where another process still prunes it or reads it read-only
// after `patience`.
[[nodiscard]] Result<Pruned> prune(const Cache& cache, const Keep& keep, std::chrono::milliseconds patience = {});

// After a run that may have added to the cache: writes down how much, and where the limit is passed, or nobody has
// counted for 1,000 runs, prunes to nine tenths of it. No limit: 0. Gives nothing where there was nothing to prune.
// Errors: as prune().
[[nodiscard]] Result<std::optional<Pruned>> hold_to_limit(const Cache& cache, std::uint64_t most_bytes);

struct Damage {
    std::string entry;   // relative to the cache's folder
    std::string reason;  // "its content has sha256:…", "not an entry of the cache"
};
struct Verified {
    std::uint64_t files = 0, bytes = 0;
    std::vector<Damage> damaged;  // sorted by entry; removed, unless the cache can only be read
};
// Reads every blob and record and holds it to its digest.
[[nodiscard]] Result<Verified> verify(const Cache& cache, ThreadPool& pool, Progress& progress);

}  // namespace pith
