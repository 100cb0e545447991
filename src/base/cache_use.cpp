#include "base/cache_use.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>

#include <fmt/format.h>

namespace pith {

namespace fs = std::filesystem;

namespace {

Result<> lock(const Fd& fd, int how, const fs::path& path) {
    while (::flock(fd.get(), how) != 0)
        if (errno != EINTR) return fail_errno("lock", path);
    return {};
}

// A new file that nobody else has: another container may have a process of the same id.
Result<Fd> create_unique(const fs::path& folder, fs::path& path) {
    TRY(make_folders(folder));
    for (unsigned number = 0;; ++number) {
        path = folder / fmt::format("{}.{}", ::getpid(), number);
        Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
        if (fd) return fd;
        if (errno != EEXIST) return fail_errno("create", path);
    }
}

}  // namespace

Result<std::shared_ptr<CacheUse>> CacheUse::begin(const fs::path& folder) {
    std::shared_ptr<CacheUse> out(new CacheUse);
    auto path = folder / "lock";
    Fd gate(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!gate && (errno == EROFS || errno == EACCES || errno == EPERM)) {
        out->m_lock = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (out->m_lock) TRY(lock(out->m_lock, LOCK_SH, path));
        return out;
    }
    if (!gate) return fail_errno("open", path);
    TRY(lock(gate, LOCK_SH, path));
    fs::path own;
    out->m_lock = TRY(create_unique(folder / "processes", own));
    out->m_file = std::move(own);
    TRY(lock(out->m_lock, LOCK_EX, out->m_file));
    struct stat info{};
    if (::fstat(out->m_lock.get(), &info) != 0) return fail_errno("look at", out->m_file);
    out->m_start = info.st_mtim;
    return out;
}

CacheUse::~CacheUse() {
    if (!m_file.empty()) ::unlink(m_file.c_str());
}

std::optional<Fd> CacheUse::alone(const fs::path& folder) {
    Fd gate(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!gate || ::flock(gate.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
    return gate;
}

std::optional<timespec> CacheUse::earliest_other(const fs::path& folder) const {
    std::optional<timespec> earliest;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder / "processes", error)) {
        if (entry.path() == m_file || remove_unless_locked(entry.path())) continue;
        struct stat info{};
        if (::stat(entry.path().c_str(), &info) != 0) continue;
        const auto& start = info.st_mtim;
        if (!earliest || std::tie(start.tv_sec, start.tv_nsec) < std::tie(earliest->tv_sec, earliest->tv_nsec))
            earliest = start;
    }
    return earliest;
}

}  // namespace pith
