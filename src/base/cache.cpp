#include "base/cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include "base/cache_use.h"

namespace pith {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t record_header = 33;  // 32 hexadecimal digits and a line feed
constexpr int most_replacements = 1000;    // of one entry while it is opened; some file systems count no names

std::string header_of(ByteView payload) {
    auto hash = XXH3_128bits(payload.data(), payload.size());
    return fmt::format("{:016x}{:016x}\n", hash.high64, hash.low64);
}

void remove_damaged(const fs::path& path) {
    std::error_code ignored;
    fs::remove(path, ignored);
}

}  // namespace

fs::path Cache::default_folder() {
    auto variable = [](const char* name) -> std::string_view {
        const char* value = std::getenv(name);
        return value ? value : "";
    };
    if (auto xdg = variable("XDG_CACHE_HOME"); !xdg.empty()) return fs::path(xdg) / "pith";
    if (auto home = variable("HOME"); !home.empty()) return fs::path(home) / ".cache" / "pith";
    return fs::temp_directory_path() / "pith-cache";
}

Result<Cache> Cache::open(fs::path folder) {
    TRY(context(make_folders(folder), "there is no place for the cache; name one with --cache-dir"));
    auto use = TRY(context(CacheUse::begin(folder), "cache"));
    return Cache(std::move(folder), std::move(use));
}

Cache::Cache(fs::path folder, std::shared_ptr<CacheUse> use) : m_folder(std::move(folder)), m_use(std::move(use)) {}

bool Cache::read_only() const { return m_use->read_only(); }
std::uint64_t Cache::written() const { return m_use->written(); }

Result<> Cache::check_writable(std::string_view what) const {
    if (!read_only()) return {};
    return fail(ErrorCode::io, fmt::format("{} not in the cache '{}', which can only be read; name one that can be "
                                           "written to with --cache-dir",
                                           what, m_folder.string()));
}

// Eviction holds an exclusive lock on an entry while it looks at its time and removes it, so what is opened here
// either stays or was gone before. An entry without a name may also have been replaced by another process that made the
// same one, so its name is looked up again. The time is never before the process's own file, whatever the clock did
// meanwhile.
Fd Cache::open_used(const fs::path& path) const {
    Fd fd;
    struct stat info{};
    for (int tries = 0; info.st_nlink == 0; ++tries) {
        fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!fd || read_only()) return fd;
        (void)::flock(fd.get(), LOCK_SH);
        if (::fstat(fd.get(), &info) != 0 || tries == most_replacements) return {};
    }
    auto earlier = [](const timespec& a, const timespec& b) {
        return std::tie(a.tv_sec, a.tv_nsec) < std::tie(b.tv_sec, b.tv_nsec);
    };
    auto start = m_use->start();
    if (!earlier(info.st_mtim, start)) return fd;
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const timespec times[2] = {{0, UTIME_OMIT}, std::max(now, start, earlier)};
    (void)::futimens(fd.get(), times);
    return fd;
}

fs::path Cache::blob_path(const Digest& digest) const {
    auto hex = digest.hex();
    return m_folder / "blobs" / "sha256" / hex.substr(0, 2) / hex;
}

fs::path Cache::record_path(std::string_view kind, const Digest& key) const {
    auto hex = key.hex();
    return m_folder / "records" / kind / hex.substr(0, 2) / hex;
}

std::optional<MappedFile> Cache::blob(const Digest& digest) const {
    auto path = blob_path(digest);
    auto fd = open_used(path);
    if (!fd) return std::nullopt;
    auto file = MappedFile::from(fd, path);
    if (!file) return std::nullopt;
    if (sha256(file->bytes()) != digest) {
        remove_damaged(path);
        return std::nullopt;
    }
    return std::move(*file);
}

std::optional<std::uint64_t> Cache::blob_size(const Digest& digest) const {
    auto fd = open_used(blob_path(digest));
    struct stat info{};
    if (!fd || ::fstat(fd.get(), &info) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(info.st_size);
}

Result<Digest> Cache::put_blob(ByteView bytes) const {
    auto digest = sha256(bytes);
    if (blob(digest)) return digest;
    TRY(check_writable(fmt::format("the blob {} is", digest.text())));
    m_use->note_written(bytes.size());
    auto writer = TRY(context(FileWriter::create(blob_path(digest)), "cache"));
    TRY(context(writer.write(bytes), "cache"));
    TRY(context(writer.commit(false), "cache"));
    return digest;
}

Result<> Cache::adopt_blob(const Digest& digest, const fs::path& file) const {
    auto path = blob_path(digest);
    TRY(check_writable(fmt::format("the blob {} is", digest.text())));
    TRY(context(make_folders(path.parent_path()), "cache"));
    Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info{};
    if (!fd || ::fstat(fd.get(), &info) != 0) return fail_errno("open", file);
    m_use->note_written(static_cast<std::uint64_t>(info.st_size));
    // What was whole before this run may carry an old time.
    if (::fchmod(fd.get(), 0644) != 0 || ::futimens(fd.get(), nullptr) != 0) return fail_errno("finish", file);
    if (::rename(file.c_str(), path.c_str()) != 0) return fail_errno("rename into place", path);
    return {};
}

bool Cache::record_holds(ByteView file) {
    return file.size() >= record_header && as_text(file.first(record_header)) == header_of(file.subspan(record_header));
}

std::optional<Cache::MappedRecord> Cache::mapped_record(std::string_view kind, const Digest& key) const {
    auto path = record_path(kind, key);
    auto fd = open_used(path);
    if (!fd) return std::nullopt;
    auto file = MappedFile::from(fd, path);
    if (!file) return std::nullopt;
    if (!record_holds(file->bytes())) {
        remove_damaged(path);
        return std::nullopt;
    }
    auto payload = file->bytes().subspan(record_header);
    return MappedRecord{std::move(*file), payload};
}

std::optional<std::string> Cache::record(std::string_view kind, const Digest& key) const {
    auto mapped = mapped_record(kind, key);
    if (!mapped) return std::nullopt;
    return std::string(as_text(mapped->payload));
}

Result<> Cache::put_record(std::string_view kind, const Digest& key, std::string_view payload) const {
    if (read_only()) return {};
    m_use->note_written(record_header + payload.size());
    auto writer = TRY(context(FileWriter::create(record_path(kind, key)), "cache"));
    TRY(writer.write(as_bytes(header_of(as_bytes(payload)))));
    TRY(writer.write(as_bytes(payload)));
    return context(writer.commit(false), "cache");
}

}  // namespace pith
