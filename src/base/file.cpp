#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"

namespace pith {

namespace {
constexpr std::size_t most_name = 100;  // of a file's name in that of its temporary file
}

Fd::~Fd() {
    if (m_fd >= 0) ::close(m_fd);
}

std::unexpected<Error> fail_errno(std::string_view what, const std::filesystem::path& path) {
    int error = errno;
    auto code = error == ENOENT ? ErrorCode::not_found : ErrorCode::io;
    return fail(code, fmt::format("cannot {} '{}': {}", what, path.string(), std::strerror(error)));
}

MappedFile::~MappedFile() {
    if (m_data) ::munmap(m_data, m_size);
}

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a pipe would wait for its writer
    if (!fd) return fail_errno("open", path);
    return from(fd, path);
}

Result<MappedFile> MappedFile::from(const Fd& fd, const std::filesystem::path& name) {
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) return fail_errno("look at", name);
    if (!S_ISREG(info.st_mode)) return fail(ErrorCode::io, fmt::format("'{}' is not a regular file", name.string()));
    MappedFile out;
    if (info.st_size == 0) return out;
    auto size = static_cast<std::size_t>(info.st_size);
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (data == MAP_FAILED) return fail_errno("map", name);
    out.m_data = data;
    out.m_size = size;
    return out;
}

void MappedFile::release(ByteView part) {
    // Whole pages of the part alone: what is on the others may be in use.
    static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    auto begin = (reinterpret_cast<std::uintptr_t>(part.data()) + page - 1) / page * page;
    auto end = reinterpret_cast<std::uintptr_t>(part.data() + part.size()) / page * page;
    if (begin < end) (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

std::filesystem::path temporary_folder() {
    const char* named = std::getenv("TMPDIR");
    return named && *named ? named : "/tmp";
}

Result<Fd> open_unlinked_file() {
    auto folder = temporary_folder();
    if (Fd fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)); fd) return fd;
    // Not every file system knows O_TMPFILE.
    auto name = (folder / "pith-XXXXXX").string();
    Fd fd(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd) return fail_errno("create a temporary file in", folder);
    ::unlink(name.c_str());
    return fd;
}

Result<std::string> read_text(const std::filesystem::path& path, std::uint64_t most) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno("open", path);
    std::string out;
    char buffer[64 * 1024];
    for (;;) {
        auto got = ::read(fd.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno("read", path);
        if (got == 0) return out;
        out.append(buffer, static_cast<std::size_t>(got));
        if (out.size() > most)
            return fail(ErrorCode::limit,
                        fmt::format("'{}' is larger than {}, the most that is read", path.string(), human_size(most)));
    }
}

Result<> write_all(const Fd& fd, ByteView bytes, const std::filesystem::path& name) {
    while (!bytes.empty()) {
        auto done = ::write(fd.get(), bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail_errno("write", name);
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

Result<> make_folders(const std::filesystem::path& path) {
    if (path.empty()) return {};  // the parent of a name alone: the current folder
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return fail(ErrorCode::io, fmt::format("cannot make folder '{}': {}", path.string(), error.message()));
    return {};
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : m_fd(std::move(other.m_fd)), m_path(std::move(other.m_path)), m_temporary(std::exchange(other.m_temporary, {})) {}

FileWriter::~FileWriter() {
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

namespace {

// Is it a temporary name, of `name` unless that is empty?
bool is_temporary(std::string_view file, std::string_view name) {
    if (!file.starts_with('.') || !file.ends_with(".tmp")) return false;
    auto parts = split(file, '.');  // "", NAME…, PID, NUMBER, "tmp"
    if (parts.size() < 5 || !parse_number(parts[parts.size() - 2]) || !parse_number(parts[parts.size() - 3]))
        return false;
    auto tail = parts[parts.size() - 3].size() + parts[parts.size() - 2].size() + 6;  // with three dots and "tmp"
    return name.empty() || file.substr(1, file.size() - 1 - tail) == name.substr(0, most_name);
}

Result<Fd> create_locked(const std::filesystem::path& path, std::filesystem::path& temporary) {
    for (;;) {
        temporary = temporary_beside(path);
        Fd fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        // Taken: left by a killed process, or made by one of another container with the same process id.
        if (!fd && errno == EEXIST) continue;
        if (!fd) return fail_errno("create", temporary);
        (void)::flock(fd.get(), LOCK_EX | LOCK_NB);
        struct stat info{};
        // Between the two calls it may have been taken for abandoned.
        if (::fstat(fd.get(), &info) == 0 && info.st_nlink > 0) return fd;
    }
}

}  // namespace

std::filesystem::path temporary_beside(const std::filesystem::path& path) {
    static std::atomic<unsigned> counter{0};
    auto out = path;
    out.replace_filename(
        fmt::format(".{}.{}.{}.tmp", path.filename().string().substr(0, most_name), ::getpid(), counter.fetch_add(1)));
    return out;
}

bool remove_unless_locked(const std::filesystem::path& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return false;
    std::error_code error;
    std::filesystem::remove_all(path, error);
    return !error;
}

void remove_abandoned(const std::filesystem::path& folder, std::string_view name) {
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (is_temporary(it->path().filename().string(), name)) (void)remove_unless_locked(it->path());
}

Result<FileWriter> FileWriter::create(const std::filesystem::path& path, unsigned mode) {
    if (path.has_parent_path()) TRY(make_folders(path.parent_path()));
    std::filesystem::path temporary;
    auto fd = TRY(create_locked(path, temporary));
    FileWriter out(std::move(fd), path, std::move(temporary));
    if (::fchmod(out.m_fd.get(), mode) != 0) return fail_errno("set the mode of", out.m_temporary);
    return out;
}

Result<> FileWriter::write(ByteView bytes) { return write_all(m_fd, bytes, m_temporary); }

Result<> FileWriter::append_file(const std::filesystem::path& from) {
    Fd in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in) return fail_errno("open", from);
    for (;;) {
        auto done = ::copy_file_range(in.get(), nullptr, m_fd.get(), nullptr, 1 << 30, 0);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS)) break;
        if (done < 0) return fail_errno("copy", from);
        if (done == 0) return {};
    }
    for (;;) {
        auto done = ::sendfile(m_fd.get(), in.get(), nullptr, 1 << 30);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail_errno("copy", from);
        if (done == 0) return {};
    }
}

Result<> FileWriter::commit(bool durable) {
    if (durable && ::fsync(m_fd.get()) != 0) return fail_errno("write", m_temporary);
    if (::rename(m_temporary.c_str(), m_path.c_str()) != 0) return fail_errno("rename into place", m_path);
    m_temporary.clear();
    (void)::flock(m_fd.get(), LOCK_UN);  // under its own name anybody may lock it
    return {};
}

Result<> write_file(const std::filesystem::path& path, ByteView bytes, unsigned mode) {
    auto writer = TRY(FileWriter::create(path, mode));
    TRY(writer.write(bytes));
    return writer.commit();
}

}  // namespace pith
