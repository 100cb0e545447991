// One process's use of a cache: registered while the object lives, so that eviction can tell what is in use.
//
// The registration is a file in DIR/processes that its process keeps locked (flock); the lock ends with the process,
// however that ends. A process that comes waits while entries are evicted. Where the cache can only be read, DIR/lock
// itself is held instead, shared, for as long as the process runs: nothing is evicted then.
#pragma once

#include <ctime>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/file.h"

namespace pith {

class CacheUse {
public:
    // io error if the folder cannot even be read, or its file system has no locks.
    [[nodiscard]] static Result<std::shared_ptr<CacheUse>> begin(const std::filesystem::path& folder);
    ~CacheUse();
    CacheUse(const CacheUse&) = delete;
    CacheUse& operator=(const CacheUse&) = delete;

    [[nodiscard]] bool read_only() const { return m_file.empty(); }
    // The time of the registration, by the clock that dates files.
    [[nodiscard]] timespec start() const { return m_start; }

    void note_written(std::uint64_t bytes) { m_written += bytes; }
    [[nodiscard]] std::uint64_t written() const { return m_written; }

    // While it lives, no process comes and none else evicts. Nothing if another one holds it, or one that can only
    // read runs.
    [[nodiscard]] static std::optional<Fd> alone(const std::filesystem::path& folder);
    // The earliest start of the other processes that use the cache; needs alone(). Removes what the dead left.
    [[nodiscard]] std::optional<timespec> earliest_other(const std::filesystem::path& folder) const;

private:
    CacheUse() = default;
    std::filesystem::path m_file;  // empty if the cache can only be read
    Fd m_lock;
    timespec m_start{};
    std::atomic<std::uint64_t> m_written = 0;
};

}  // namespace pith
