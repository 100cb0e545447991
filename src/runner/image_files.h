// What stands in an image's merged file system, and what its user may do there, without running anything in it.
//
// Limits: 1,000,000 files; 1 MiB of /etc/passwd and of /etc/group. Thread-safety: values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "archive/tar.h"
#include "runner/loaded_image.h"

namespace pith::runner {

struct FileFacts {
    archive::EntryType type = archive::EntryType::file;
    std::uint32_t mode = 0;
    std::uint64_t uid = 0, gid = 0;
    std::string link;  // of a symlink
};

// Who a container's process is: as the engine takes it from the image's configuration, /etc/passwd and /etc/group.
struct Identity {
    std::uint64_t uid = 0;
    std::vector<std::uint64_t> groups;  // all of them
};

class ImageFiles {
public:
    [[nodiscard]] static Result<ImageFiles> list(const LoadedImage& image);
    // The same from a tar of the root file system.
    [[nodiscard]] static Result<ImageFiles> read(ByteView tar);

    // Paths ("/usr/bin/sh") that match a glob (base/text.h), sorted. Links among the folders that the pattern spells
    // out are followed, so "/bin/sh" finds /usr/bin/sh where /bin leads to usr/bin.
    [[nodiscard]] std::vector<std::string> matching(std::string_view pattern) const;
    // Files with the setuid or setgid bit, sorted.
    [[nodiscard]] std::vector<std::string> setuid() const;
    // Files and folders that this identity may write to, sorted; for root, all of them.
    [[nodiscard]] std::vector<std::string> writable(const Identity& identity) const;

    // "USER[:GROUP]", each a name or a number; empty: root. not_found for a name that is not in the files.
    [[nodiscard]] Result<Identity> identity(std::string_view user) const;

private:
    [[nodiscard]] std::string follow_folders(std::string_view pattern) const;

    std::map<std::string, FileFacts> m_files;  // by absolute path
    std::string m_passwd, m_group;
};

}  // namespace pith::runner
