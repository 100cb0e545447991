// The sections of an ELF file by name, bounded. Source: System V ABI, "Object files": header, sections, string table.
// Limits: 65,279 sections (without extended numbering). Thread-safety: a function without state.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace pith::inventory::packages {

struct ElfSection {
    std::string_view name;
    std::uint64_t address = 0;
    ByteView content;  // empty where the file has none of it
};

struct ElfFile {
    bool is_64bit = false, is_big_endian = false;
    std::vector<ElfSection> sections;  // those that lie inside the file

    [[nodiscard]] ByteView section(std::string_view name) const;
    // A number of `width` bytes, 0 where they are not there.
    [[nodiscard]] std::uint64_t number(ByteView bytes, std::uint64_t at, std::size_t width) const;
};

// Whatever the bytes are: what is not sound has no sections.
[[nodiscard]] ElfFile read_elf_sections(ByteView file);

}  // namespace pith::inventory::packages
