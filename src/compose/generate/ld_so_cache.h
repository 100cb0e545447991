// /etc/ld.so.cache: where the dynamic linker finds each library, as Debian's ldconfig writes it.
//
// Two steps, each of its own use: scan_libraries() applies ldconfig's rules to a tree, and
// write_ld_so_cache() puts the result into glibc's format. For the same tree the bytes are those that the
// ldconfig of the same glibc writes, with one difference: where two names in one folder have equal version
// numbers (libx.so.1 and libx.so.01), ldconfig takes the one that the file system lists first, and this
// takes the first by name.
// Source: glibc 2.36 and 2.41, elf/ldconfig.c, elf/cache.c, elf/stringtable.c, sysdeps/generic/dl-cache.h,
// and Debian's patches to them. Left out: the platform folders (tls, haswell, …) that glibc before 2.37
// searched; no package of bookworm has one.
// Limits: a cache is at most 64 MiB; see library_tree.h and ld_so_conf.h for theirs.
// Thread-safety: functions without state.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "compose/generate/ld_so_conf.h"
#include "compose/generate/library_abi.h"
#include "compose/generate/library_tree.h"

namespace pith::compose {

// The glibc of an image: ldconfig writes its version into the cache.
struct Glibc {
    std::string vendor = "Debian";  // as `ldconfig --version` names it
    std::string version;            // of the package libc-bin: "2.36-9+deb12u14"
};

// One line of `ldconfig -p`.
struct CacheEntry {
    std::string soname;
    std::string path;
    std::uint32_t flags = 0;
    std::string hwcaps;           // glibc-hwcaps subfolder ("x86-64-v3"); empty outside of one
    std::uint32_t isa_level = 0;  // the x86 level that the library says it needs; used with hwcaps alone
    bool operator==(const CacheEntry&) const = default;
};

// A link that ldconfig makes beside a library, so that it is found under its soname.
struct SonameLink {
    std::string path, target;  // "/usr/lib/x86_64-linux-gnu/libz.so.1", "libz.so.1.2.13"
    bool operator==(const SonameLink&) const = default;
};

struct Libraries {
    std::vector<CacheEntry> entries{};  // in the cache's order
    std::vector<std::string> hwcaps{};  // the names of all glibc-hwcaps subfolders, used or not; sorted
    std::vector<SonameLink> links{};    // missing in the tree, or leading elsewhere: the cache takes them for there
    std::vector<std::string> notes{};   // what ldconfig would have complained of, for people
};

// What the cache of a tree holds: the folders of ld.so.conf, then those of the system.
[[nodiscard]] Result<Libraries> scan_libraries(const LibraryTree& tree, const ConfFiles& conf, const LibraryAbi& abi,
                                               const Glibc& glibc);

[[nodiscard]] Result<Bytes> write_ld_so_cache(const Libraries& libraries, const LibraryAbi& abi, const Glibc& glibc);

// The order of library names: numbers within a name count as numbers, and a number is above any letter.
// <0, 0, >0.
[[nodiscard]] int compare_library_names(std::string_view a, std::string_view b);

}  // namespace pith::compose
