// A file that is being downloaded: kept when the transfer is cut, so that the next run goes on where this one
// stopped, and never written by two processes at once.
//
// The file is locked (flock) while the object lives. Where another process holds it already, a private file
// beside it is used instead, which is not kept.
#pragma once

#include <ctime>
#include <filesystem>

#include "base/file.h"

namespace pith::net {

class PartialFile {
public:
    PartialFile() = default;
    PartialFile(PartialFile&&) noexcept;
    PartialFile& operator=(PartialFile&&) noexcept;
    // Removes a private file, and one that is empty.
    ~PartialFile();

    // Opens `wanted` or makes it, with its folders. It may hold the beginning of the body.
    [[nodiscard]] static Result<PartialFile> acquire(const std::filesystem::path& wanted);

    explicit operator bool() const { return static_cast<bool>(m_fd); }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] const Fd& fd() const { return m_fd; }
    [[nodiscard]] Result<std::uint64_t> size() const;
    [[nodiscard]] Result<> append(ByteView bytes);
    [[nodiscard]] Result<> truncate();  // and so, unless more is written, it is removed in the end

    // The Last-Modified of what the beginning came from, kept as the file's own time; 0 if it is not known.
    [[nodiscard]] std::time_t last_modified() const;
    void set_last_modified(std::time_t time);

private:
    void release();
    Fd m_fd;
    std::filesystem::path m_path;
    bool m_private = false;
};

}  // namespace pith::net
