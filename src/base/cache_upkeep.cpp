#include "base/cache_upkeep.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <map>
#include <numeric>
#include <thread>
#include <tuple>

#include <fmt/format.h>

#include "base/cache_use.h"
#include "base/text.h"

namespace pith {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_runs = 1000;

struct Entry {
    fs::path path;
    std::string kind;  // "blobs", "records/KIND", "partial"
    std::uint64_t size = 0;
    timespec used{};
};

std::tuple<std::time_t, long> key(const timespec& time) { return {time.tv_sec, time.tv_nsec}; }

// Entries that others remove meanwhile are passed over.
Result<> list(const fs::path& folder, const std::string& kind, std::vector<Entry>& out) {
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        struct stat info{};
        if (::lstat(it->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
        // A partial file's own time is that of what it is a part of.
        auto used = kind == "partial" ? info.st_ctim : info.st_mtim;
        out.push_back({it->path(), kind, static_cast<std::uint64_t>(info.st_size), used});
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(ErrorCode::io, fmt::format("cannot list '{}': {}", folder.string(), error.message()));
    return {};
}

Result<std::vector<Entry>> entries(const Cache& cache) {
    std::vector<Entry> out;
    TRY(list(cache.folder() / "blobs", "blobs", out));
    TRY(list(cache.partial_folder(), "partial", out));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(cache.folder() / "records", error))
        TRY(list(entry.path(), "records/" + entry.path().filename().string(), out));
    std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
    return out;
}

bool is_temporary(const Entry& entry) { return entry.path.filename().string().starts_with('.'); }

// The cache does not know what its blobs are for; their first bytes tell.
std::string kind_of_blob(const fs::path& path) {
    std::array<char, 8> start{};
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd || ::read(fd.get(), start.data(), start.size()) < 0) return "files";
    std::string_view text(start.data(), start.size());
    if (text == "!<arch>\n") return "packages";
    return text.starts_with("\x1f\x8b") || text.starts_with("\x28\xb5\x2f\xfd") ? "layers" : "files";
}

struct Content {
    Digest digest;
    std::uint64_t size = 0;
};

// Hashes a file by reading: a disk that fails gives an error then, where a mapping would kill the
// process.
Result<Content> hash_file(const Fd& fd, const fs::path& path) {
    Hasher hasher;
    Content out;
    std::vector<char> buffer(MiB);
    for (;;) {
        auto got = ::pread(fd.get(), buffer.data(), buffer.size(), static_cast<off_t>(out.size));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno("read", path);
        if (got == 0) break;
        hasher.update(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
        out.size += static_cast<std::uint64_t>(got);
    }
    out.digest = hasher.digest();
    return out;
}

// What is wrong with an entry; empty if nothing is, or if it is gone meanwhile.
Result<std::string> fault_of(const Entry& entry) {
    auto name = entry.path.filename().string();
    auto wanted = Digest::parse(name);
    if (!wanted || entry.path.parent_path().filename() != name.substr(0, 2)) return "not an entry of the cache";
    Fd fd(::open(entry.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd && errno == ENOENT) return "";
    if (!fd) return fail_errno("open", entry.path);
    if (entry.kind != "blobs") {
        auto file = read_text(entry.path, 4 * GiB);
        if (!file) return file.error().text();
        return Cache::record_holds(as_bytes(*file)) ? "" : "does not begin with the checksum of its content";
    }
    auto content = hash_file(fd, entry.path);
    if (!content) return content.error().text();
    return content->digest == *wanted ? "" : fmt::format("its content has {}", content->digest.text());
}

// Which entries should go: the old ones, and of the others those used least recently until the rest fits.
std::vector<char> choose(const std::vector<Entry>& all, const Keep& keep) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    std::vector<std::size_t> oldest_first(all.size());
    std::iota(oldest_first.begin(), oldest_first.end(), std::size_t{0});
    std::stable_sort(oldest_first.begin(), oldest_first.end(),
                     [&](std::size_t a, std::size_t b) { return key(all[a].used) < key(all[b].used); });
    std::uint64_t bytes = 0;
    for (const auto& entry : all) bytes += entry.size;
    std::vector<char> out(all.size());
    for (auto i : oldest_first) {
        bool too_old = keep.most_age && now.tv_sec - all[i].used.tv_sec > keep.most_age->count();
        bool too_much = keep.most_bytes && (bytes > *keep.most_bytes || *keep.most_bytes == 0);
        out[i] = too_old || too_much;
        if (out[i]) bytes -= all[i].size;
    }
    return out;
}

// Removes an entry unless it has been used since. See Cache::open_used().
bool evict(const Entry& entry, const std::optional<timespec>& in_use_since) {
    if (entry.kind == "partial") return remove_unless_locked(entry.path);
    Fd fd(::open(entry.path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info{};
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 || ::fstat(fd.get(), &info) != 0) return false;
    if (in_use_since && key(info.st_mtim) >= key(*in_use_since)) return false;
    return ::unlink(entry.path.c_str()) == 0;
}

fs::path size_file(const Cache& cache) { return cache.folder() / "size"; }

// What the lines say together; nothing where they say nothing sure.
std::optional<std::uint64_t> noted_size(const Cache& cache) {
    auto text = read_text(size_file(cache), most_runs * 24);
    if (!text || !text->ends_with('\n')) return std::nullopt;
    auto lines = split(std::string_view(*text).substr(0, text->size() - 1), '\n');
    if (lines.size() >= most_runs) return std::nullopt;
    std::uint64_t out = 0;
    for (auto line : lines) {
        auto bytes = parse_number(line);
        if (!bytes || *bytes > std::numeric_limits<std::uint64_t>::max() - out) return std::nullopt;
        out += *bytes;
    }
    return out;
}

// One write at the end of the file, so that other processes' lines stay whole.
void note_added(const Cache& cache) {
    auto line = fmt::format("{}\n", cache.written());
    Fd fd(::open(size_file(cache).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (fd && ::write(fd.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        (void)::unlink(size_file(cache).c_str());
}

}  // namespace

Result<std::vector<CacheUsage>> usage(const Cache& cache) {
    std::map<std::string, CacheUsage> kinds;
    for (const auto& entry : TRY(entries(cache))) {
        auto kind = entry.kind == "blobs" ? kind_of_blob(entry.path) : entry.kind;
        auto& sum = kinds[kind];
        sum.kind = kind;
        ++sum.files;
        sum.bytes += entry.size;
    }
    std::vector<CacheUsage> out;
    for (auto& [kind, sum] : kinds) out.push_back(std::move(sum));
    return out;
}

Result<Pruned> prune(const Cache& cache, const Keep& keep, std::chrono::milliseconds patience) {
    const auto& folder = cache.folder();
    if (cache.read_only()) return fail(ErrorCode::io, fmt::format("the cache '{}' can only be read", folder.string()));
    auto alone = CacheUse::alone(folder);
    for (constexpr std::chrono::milliseconds pause(20); !alone && patience > pause; patience -= pause) {
        std::this_thread::sleep_for(pause);
        alone = CacheUse::alone(folder);
    }
    if (!alone)
        return fail(ErrorCode::conflict, fmt::format("the cache '{}' is being pruned, or used read-only, by another "
                                                     "process; try again when that has ended",
                                                     folder.string()));
    auto in_use_since = cache.use().earliest_other(folder);
    Pruned out;
    auto count = [&](const Entry& entry, bool removed) {
        out.files += removed;
        (removed ? out.bytes : out.left) += entry.size;
        return removed;
    };
    std::vector<Entry> there;
    for (auto& entry : TRY(entries(cache)))
        if (is_temporary(entry))
            count(entry, remove_unless_locked(entry.path));
        else
            there.push_back(std::move(entry));
    auto go = choose(there, keep);
    for (std::size_t i = 0; i < there.size(); ++i)
        if (!count(there[i], go[i] && evict(there[i], in_use_since)) && go[i]) out.in_use += there[i].size;
    TRY(context(write_file(size_file(cache), as_bytes(fmt::format("{}\n", out.left))), "cache"));
    return out;
}

Result<std::optional<Pruned>> hold_to_limit(const Cache& cache, std::uint64_t most_bytes) {
    auto added = cache.written();
    if (added == 0) return std::nullopt;
    auto noted = noted_size(cache);
    if (noted) note_added(cache);
    bool fits = noted && added <= most_bytes && *noted <= most_bytes - added;
    if (fits || most_bytes == 0) return std::nullopt;
    return TRY(prune(cache, {.most_bytes = most_bytes - most_bytes / 10}));
}

Result<Verified> verify(const Cache& cache, ThreadPool& pool, Progress& progress) {
    std::vector<Entry> there;
    Verified out;
    for (auto& entry : TRY(entries(cache))) {
        if (entry.kind == "partial" || is_temporary(entry)) continue;
        ++out.files;
        out.bytes += entry.size;
        there.push_back(std::move(entry));
    }
    progress.begin("checking", out.bytes);
    auto faults = pool.map<std::string>(there.size(), [&](std::size_t i) {
        auto fault = fault_of(there[i]);
        progress.advance(there[i].size);
        return fault;
    });
    progress.end();
    if (!faults) return std::unexpected(std::move(faults).error());
    for (std::size_t i = 0; i < there.size(); ++i) {
        if (faults->at(i).empty()) continue;
        std::error_code error;
        if (!cache.read_only()) fs::remove(there[i].path, error);
        if (error)
            return fail(ErrorCode::io,
                        fmt::format("cannot remove the damaged '{}': {}", there[i].path.string(), error.message()));
        out.damaged.push_back({there[i].path.lexically_relative(cache.folder()).string(), faults->at(i)});
    }
    return out;
}

}  // namespace pith
