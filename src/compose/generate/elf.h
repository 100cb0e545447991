// What an ELF file says of itself to a dynamic linker: a small, bounded reader.
//
// It reads the file header, the program headers, the dynamic segment and the GNU property note, as the
// dynamic linker and ldconfig do; sections are never looked at, since stripping may remove them.
// Format: System V ABI, "Object files" and "Program loading"; x86 psABI 1.0, "Linux extensions to gABI".
// Limits: a string is at most 4096 bytes, a file names at most 4096 needed libraries.
// Thread-safety: a function without state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace pith::compose {

struct ElfFacts {
    enum class Type : std::uint8_t { executable, shared, other };  // ET_EXEC, ET_DYN, anything else

    Type type = Type::other;
    bool is_64bit = false, is_big_endian = false;
    std::uint16_t machine = 0;  // e_machine
    std::uint32_t flags = 0;    // e_flags: the float ABI of arm and riscv, for example
    bool is_dynamic = false;    // has a dynamic segment with a string table

    std::string interpreter{};          // PT_INTERP
    std::string soname{};               // DT_SONAME
    std::vector<std::string> needed{};  // DT_NEEDED, in order
    std::string rpath{}, runpath{};     // DT_RPATH, DT_RUNPATH

    std::uint32_t x86_isa_needed = 0;  // GNU_PROPERTY_X86_ISA_1_NEEDED, a bit a level; 0: none stated

    // Why the file cannot be relied on; empty for a sound one. The facts above are then those that were
    // read before the fault.
    std::string malformed{};

    bool operator==(const ElfFacts&) const = default;
};

// Nothing where the bytes do not begin with the ELF magic. Never fails: a broken file is `malformed`.
[[nodiscard]] std::optional<ElfFacts> read_elf(ByteView file);

}  // namespace pith::compose
