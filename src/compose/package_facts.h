// All that composing needs to know of a .deb, read once and kept in the cache: what it ships, its scripts,
// its checksums and what its libraries are called. The second build of an image inflates nothing.
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/tar.h"
#include "base/cache.h"
#include "compose/generate/elf.h"

namespace pith::compose {

struct ShippedEntry {
    std::string path;  // clean, without a leading '/': "usr/bin/x"
    archive::EntryType type = archive::EntryType::file;
    std::uint32_t mode = 0, uid = 0, gid = 0;
    std::int64_t mtime = 0;
    std::uint64_t size = 0;
    std::string link;  // of a symlink its target; of a hard link the clean path of its first name
};

struct PackageFacts {
    std::string name, version, architecture, source;
    std::string control;                         // the stanza as shipped
    std::map<std::string, std::string> scripts;  // preinst, postinst
    std::map<std::string, std::string>
        md5sums;  // by clean path, of the contents themselves: the package's own list may be wrong
    std::vector<std::string> conffiles;              // clean paths
    std::vector<ShippedEntry> entries;               // sorted by path
    std::map<std::string, ElfFacts> libraries;       // by clean path: ELF files that ldconfig could list
    std::map<std::string, std::string> small_files;  // by clean path: those that generators read
};

// The contents of a package's files: its .deb, inflated. Thread-safe.
class PackageContents {
public:
    // Of the package whose .deb stands in the cache as blob `deb`. `name` is for messages.
    [[nodiscard]] static Result<PackageContents> open(const Cache& cache, const Digest& deb, const std::string& name);
    ~PackageContents();
    PackageContents(PackageContents&&) noexcept;

    // The content of a regular file by its clean path; the view lives as long as this object.
    [[nodiscard]] Result<ByteView> file(const std::string& path) const;
    [[nodiscard]] std::uint64_t size() const;  // inflated, in bytes
    [[nodiscard]] Result<PackageFacts> facts() const;

private:
    struct Open;
    PackageContents(std::string name, std::unique_ptr<Open> open);
    std::string m_name;
    std::unique_ptr<Open> m_open;
};

struct ReadPackage {
    PackageFacts facts;
    std::optional<PackageContents> contents;  // there if the facts were not in the cache yet
};

// The facts of the package whose .deb stands in the cache as blob `deb`; without the .deb, if they are cached.
[[nodiscard]] Result<ReadPackage> read_package(const Cache& cache, const Digest& deb, const std::string& name);

}  // namespace pith::compose
