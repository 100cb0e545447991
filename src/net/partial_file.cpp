#include "net/partial_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace pith::net {

namespace {

// Does the name still lead to the file that was opened? Its last owner may have moved it into place.
bool is_at(const Fd& fd, const std::filesystem::path& path) {
    struct stat opened{}, named{};
    return ::fstat(fd.get(), &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

Result<Fd> open_file(const std::filesystem::path& path, int flags) {
    Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags, 0644));
    if (!fd) return fail_errno("open", path);
    return fd;
}

}  // namespace

PartialFile::PartialFile(PartialFile&& other) noexcept
    : m_fd(std::move(other.m_fd)), m_path(std::move(other.m_path)), m_private(other.m_private) {}

PartialFile& PartialFile::operator=(PartialFile&& other) noexcept {
    std::swap(m_fd, other.m_fd);
    std::swap(m_path, other.m_path);
    std::swap(m_private, other.m_private);
    return *this;
}

PartialFile::~PartialFile() { release(); }

void PartialFile::release() {
    if (!m_fd || !is_at(m_fd, m_path)) return;
    auto bytes = size();
    if (m_private || (bytes && *bytes == 0)) ::unlink(m_path.c_str());
}

Result<PartialFile> PartialFile::acquire(const std::filesystem::path& wanted) {
    static std::atomic<unsigned> counter{0};
    TRY(make_folders(wanted.parent_path()));
    PartialFile out;
    for (;;) {
        out.m_fd = TRY(open_file(wanted, 0));
        out.m_path = wanted;
        if (::flock(out.m_fd.get(), LOCK_EX | LOCK_NB) != 0) break;
        if (is_at(out.m_fd, wanted)) return out;
    }
    if (errno != EWOULDBLOCK && errno != EINTR) return fail_errno("lock", wanted);
    out.m_private = true;
    for (;;) {
        out.m_path = wanted;
        out.m_path += fmt::format(".{}.{}", ::getpid(), counter.fetch_add(1));
        auto fd = open_file(out.m_path, O_EXCL);
        // Taken: left by a killed process, or made by one of another container with the same process id.
        if (!fd && std::filesystem::exists(std::filesystem::symlink_status(out.m_path))) continue;
        out.m_fd = TRY(std::move(fd));
        (void)::flock(out.m_fd.get(), LOCK_EX | LOCK_NB);
        if (is_at(out.m_fd, out.m_path)) return out;
    }
}

Result<std::uint64_t> PartialFile::size() const {
    struct stat info{};
    if (::fstat(m_fd.get(), &info) != 0) return fail_errno("look at", m_path);
    return static_cast<std::uint64_t>(info.st_size);
}

Result<> PartialFile::append(ByteView bytes) { return write_all(m_fd, bytes, m_path); }

Result<> PartialFile::truncate() {
    if (::ftruncate(m_fd.get(), 0) != 0) return fail_errno("empty", m_path);
    return {};
}

std::time_t PartialFile::last_modified() const {
    struct stat info{};
    return ::fstat(m_fd.get(), &info) == 0 ? info.st_mtim.tv_sec : 0;
}

void PartialFile::set_last_modified(std::time_t time) {
    const timespec times[2] = {{0, UTIME_NOW}, {time, 0}};
    // If it fails, or the run is ended before: the next run's If-Range does not match, and all is sent again.
    (void)::futimens(m_fd.get(), times);
}

}  // namespace pith::net
