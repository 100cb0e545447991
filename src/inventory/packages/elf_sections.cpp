#include "inventory/packages/elf_sections.h"

namespace pith::inventory::packages {

namespace {

// Where fields stand in the two classes.
struct Shape {
    std::size_t width, section_offset, entry_size, count, names;  // of the file's header
    std::size_t address, offset, size, least_entry;               // of a section's header
};
constexpr Shape shape32{4, 0x20, 0x2e, 0x30, 0x32, 0x0c, 0x10, 0x14, 0x28};
constexpr Shape shape64{8, 0x28, 0x3a, 0x3c, 0x3e, 0x10, 0x18, 0x20, 0x40};
constexpr std::uint64_t no_bits = 8;

ByteView part(ByteView file, std::uint64_t offset, std::uint64_t size) {
    return offset <= file.size() && size <= file.size() - offset ? file.subspan(offset, size) : ByteView();
}

std::string_view text_at(ByteView table, std::uint64_t at) {
    if (at >= table.size()) return {};
    auto rest = as_text(table.subspan(at));
    auto end = rest.find('\0');
    return end == rest.npos ? std::string_view() : rest.substr(0, end);
}

}  // namespace

ByteView ElfFile::section(std::string_view name) const {
    for (const auto& each : sections)
        if (each.name == name) return each.content;
    return {};
}

std::uint64_t ElfFile::number(ByteView bytes, std::uint64_t at, std::size_t width) const {
    if (at > bytes.size() || width > bytes.size() - at) return 0;
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < width; ++i)
        out = out << 8 | std::to_integer<std::uint64_t>(bytes[at + (is_big_endian ? i : width - 1 - i)]);
    return out;
}

ElfFile read_elf_sections(ByteView file) {
    ElfFile out;
    if (!as_text(file).starts_with("\x7f"
                                   "ELF") ||
        file.size() < 0x34)
        return out;
    out.is_64bit = file[4] == std::byte{2};
    out.is_big_endian = file[5] == std::byte{2};
    const auto& shape = out.is_64bit ? shape64 : shape32;
    auto at = out.number(file, shape.section_offset, shape.width), size = out.number(file, shape.entry_size, 2);
    auto count = out.number(file, shape.count, 2), names = out.number(file, shape.names, 2);
    auto table = part(file, at, size * count);
    if (size < shape.least_entry || table.empty()) return out;
    auto field = [&](std::uint64_t index, std::size_t offset, std::size_t width) {
        return out.number(table, index * size + offset, width);
    };
    auto content = [&](std::uint64_t index) {
        bool empty = field(index, 4, 4) == no_bits;
        return empty ? ByteView()
                     : part(file, field(index, shape.offset, shape.width), field(index, shape.size, shape.width));
    };
    auto name_table = names < count ? content(names) : ByteView();
    for (std::uint64_t i = 1; i < count; ++i)
        out.sections.push_back({text_at(name_table, field(i, 0, 4)), field(i, shape.address, shape.width), content(i)});
    return out;
}

}  // namespace pith::inventory::packages
