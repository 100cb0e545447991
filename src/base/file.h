// Files: read bounded, mapped, or written whole-or-not-at-all.
// Thread-safety: the functions hold no state; a FileWriter belongs to one thread.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace pith {

// An owned file descriptor.
class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : m_fd(fd) {}
    Fd(Fd&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~Fd();
    [[nodiscard]] int get() const { return m_fd; }
    explicit operator bool() const { return m_fd >= 0; }

private:
    int m_fd = -1;
};

// "open '/x/y': Permission denied", from errno.
[[nodiscard]] std::unexpected<Error> fail_errno(std::string_view what, const std::filesystem::path& path);

// A read-only memory mapping of a whole file. Moves; the view stays valid while the object lives.
class MappedFile {
public:
    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept
        : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}
    MappedFile& operator=(MappedFile&& other) noexcept {
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        return *this;
    }
    ~MappedFile();
    // not_found if there is no such file; io for anything that is not a regular file.
    [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path);
    [[nodiscard]] static Result<MappedFile> from(const Fd& fd, const std::filesystem::path& name);
    [[nodiscard]] ByteView bytes() const { return {static_cast<const std::byte*>(m_data), m_size}; }

    // A part of the mapping is not needed for now: its pages are given back, and are read again if need be.
    static void release(ByteView part);

private:
    void* m_data = nullptr;
    std::size_t m_size = 0;
};

// $TMPDIR, else /tmp; and a file in it without a name, which is gone with its descriptor.
[[nodiscard]] std::filesystem::path temporary_folder();
[[nodiscard]] Result<Fd> open_unlinked_file();

// Reads a whole file of at most `most` bytes; a larger one is a `limit` error.
[[nodiscard]] Result<std::string> read_text(const std::filesystem::path& path, std::uint64_t most);

// What is being made stands beside its place as ".NAME.PID.NUMBER.tmp", locked (flock) by its maker, so that what a
// killed process left can be told from what is still being made.
[[nodiscard]] std::filesystem::path temporary_beside(const std::filesystem::path& path);  // a new one each time

// Removes from `folder` the temporary files and folders whose makers are gone: all, or those of the name `name`.
// What cannot be removed stays without a word.
void remove_abandoned(const std::filesystem::path& folder, std::string_view name = {});

// Removes a file unless somebody holds a lock on it. True if it is gone.
bool remove_unless_locked(const std::filesystem::path& path);

// A file that appears under its name only when committed: written beside it under a temporary name,
// synced, renamed. Destroyed without commit, it leaves nothing behind; a killed process leaves a temporary file,
// which remove_abandoned() finds.
class FileWriter {
public:
    FileWriter(FileWriter&&) noexcept;
    FileWriter& operator=(FileWriter&&) = delete;
    ~FileWriter();
    // Makes missing parent folders. `mode` is the file's mode whatever the umask.
    [[nodiscard]] static Result<FileWriter> create(const std::filesystem::path& path, unsigned mode = 0644);
    [[nodiscard]] Result<> write(ByteView bytes);
    // Appends a whole other file, in the kernel where it can.
    [[nodiscard]] Result<> append_file(const std::filesystem::path& from);
    // Without `durable` the file is not synced: for what is checked when it is read, and made again if need be.
    [[nodiscard]] Result<> commit(bool durable = true);
    [[nodiscard]] const Fd& fd() const { return m_fd; }
    [[nodiscard]] const std::filesystem::path& temporary() const { return m_temporary; }

private:
    FileWriter(Fd fd, std::filesystem::path path, std::filesystem::path temporary)
        : m_fd(std::move(fd)), m_path(std::move(path)), m_temporary(std::move(temporary)) {}
    Fd m_fd;
    std::filesystem::path m_path, m_temporary;  // empty temporary: committed or moved from
};

[[nodiscard]] Result<> write_file(const std::filesystem::path& path, ByteView bytes, unsigned mode = 0644);

// All bytes to a descriptor, however many calls it takes.
[[nodiscard]] Result<> write_all(const Fd& fd, ByteView bytes, const std::filesystem::path& name);

[[nodiscard]] Result<> make_folders(const std::filesystem::path& path);

}  // namespace pith
