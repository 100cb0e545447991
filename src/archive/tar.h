// tar: a bounded reader over bytes in memory and a deterministic writer.
// Formats: POSIX.1-2017 ustar and pax (pax headers), GNU long names and links, base-256 numbers.
// Sparse files, multi-volume archives and unknown type flags are `unsupported` errors, never skipped, and so
// are global pax headers that set anything but a comment, and content on anything but a file.
// Thread-safety: a reader or writer belongs to one thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace pith::archive {

enum class EntryType : std::uint8_t { file, directory, symlink, hardlink, character_device, block_device, fifo };

struct TarEntry {
    std::string path;  // as in the archive ("./usr/bin/x"); see clean_path()
    EntryType type = EntryType::file;
    std::uint32_t mode = 0;  // permission, setuid, setgid and sticky bits
    std::uint64_t uid = 0, gid = 0;
    std::string user{}, group{};  // names, where the archive has them
    std::int64_t mtime = 0;       // seconds
    std::string link{};           // target of a symlink, or path of a hard link's first name
    std::uint32_t device_major = 0, device_minor = 0;
    std::vector<std::pair<std::string, std::string>> pax{};  // other pax records (xattrs), sorted by key
    ByteView content{};                                      // of a file; points into the archive
};

struct TarLimits {
    std::size_t most_entries = 1'000'000;
    std::size_t most_path = 4096;    // bytes, paths and link targets
    std::size_t most_pax = 1 * MiB;  // bytes of extended headers before one entry
};

class TarReader {
public:
    explicit TarReader(ByteView archive, TarLimits limits = {});
    // The next entry, or nothing at the end (a zero block with only zeros behind it, or the end of the bytes at
    // a block's border). Errors name the byte where the header stands.
    [[nodiscard]] Result<std::optional<TarEntry>> next();

private:
    ByteView m_archive;
    TarLimits m_limits;
    std::size_t m_offset = 0, m_entries = 0;
};

// A path of an archive, resolved inside its root: "./usr//bin/../x" → error, "./usr//bin/" → "usr/bin",
// "./" and "" → "". Refused (format error): "..", absolute paths, NUL bytes, and components over 255 bytes.
[[nodiscard]] Result<std::string> clean_path(std::string_view path);

// Appends entries as bytes: ustar where it fits, else a pax header with sorted keys. `path` is written as it
// is given (a folder gets its "/"); names of users and groups, and atime and ctime, are not written. mtime
// is whole seconds. Content, which only a file has, is padded to blocks.
void append_tar_entry(Bytes& out, const TarEntry& entry);
// The same without the content, which is for the caller to write: `size` bytes, and zeros up to a block's border.
void append_tar_header(Bytes& out, const TarEntry& entry, std::uint64_t size);
// The 1024 zero bytes that end an archive.
[[nodiscard]] ByteView tar_end();

}  // namespace pith::archive
