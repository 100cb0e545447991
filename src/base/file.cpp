#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace pith {

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
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
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

Result<FileWriter> FileWriter::create(const std::filesystem::path& path, unsigned mode) {
    static std::atomic<unsigned> counter{0};
    if (path.has_parent_path()) TRY(make_folders(path.parent_path()));
    auto temporary = path;
    temporary.replace_filename(
        fmt::format(".{}.{}.{}.tmp", path.filename().string().substr(0, 100), ::getpid(), counter.fetch_add(1)));
    Fd fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) return fail_errno("create", temporary);
    if (::fchmod(fd.get(), mode) != 0) return fail_errno("set the mode of", temporary);
    return FileWriter(std::move(fd), path, std::move(temporary));
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

Result<> FileWriter::commit() {
    if (::fsync(m_fd.get()) != 0) return fail_errno("write", m_temporary);
    if (::rename(m_temporary.c_str(), m_path.c_str()) != 0) return fail_errno("rename into place", m_path);
    m_temporary.clear();
    return {};
}

Result<> write_file(const std::filesystem::path& path, ByteView bytes, unsigned mode) {
    auto writer = TRY(FileWriter::create(path, mode));
    TRY(writer.write(bytes));
    return writer.commit();
}

}  // namespace pith
