// Which ELF files glibc of an architecture takes for its own, and the flags that ldconfig gives them.
//
// Source: glibc 2.36 and 2.41, sysdeps/generic/ldconfig.h (the flags) and the readelflib.c of each
// architecture; Debian's multiarch tuples. Unlike ldconfig for some architectures, a file of an entirely
// different machine is never taken.
// Thread-safety: functions without state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compose/generate/elf.h"

namespace pith::compose {

struct LibraryAbi {
    std::string_view architecture;  // Debian's name
    std::string_view tuple;         // of multiarch: "x86_64-linux-gnu"
    std::string_view family;        // the architectures whose libraries one ldconfig knows
    bool is_big_endian = false;
};

// An `unsupported` error for an architecture that has no row in the table.
[[nodiscard]] Result<LibraryAbi> library_abi(std::string_view debian_architecture);

// The flags of a cache entry; nothing for a file that is no library of this family. Before 2.37 ldconfig
// marked 32-bit x86 files as libc6's only where they name the C library (`tells_libc6_apart`).
[[nodiscard]] std::optional<std::uint32_t> library_flags(const LibraryAbi& abi, const ElfFacts& elf,
                                                         bool tells_libc6_apart);

// The folders that Debian's dynamic linker knows without configuration, in its order.
[[nodiscard]] std::vector<std::string> system_library_folders(const LibraryAbi& abi);

}  // namespace pith::compose
