// The parts of tar that its reader and writer share: the header block, its numbers, and pax records
// (POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format"; GNU tar's manual, "Extensions").
#pragma once

#include <map>
#include <optional>
#include <span>

#include "archive/tar.h"

namespace pith::archive {

constexpr std::size_t tar_block = 512;

// GNU tar's and v7's headers differ only behind `link`.
struct TarHeader {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8];
    char type;
    char link[100];
    char magic[6], version[2];
    char user[32], group[32], device_major[8], device_minor[8], prefix[155], unused[12];
};
static_assert(sizeof(TarHeader) == tar_block);

constexpr std::pair<char, EntryType> tar_types[] = {
    {'0', EntryType::file},         {'1', EntryType::hardlink},
    {'2', EntryType::symlink},      {'3', EntryType::character_device},
    {'4', EntryType::block_device}, {'5', EntryType::directory},
    {'6', EntryType::fifo},
};

constexpr bool is_link(EntryType type) { return type == EntryType::symlink || type == EntryType::hardlink; }
constexpr bool is_device(EntryType type) {
    return type == EntryType::character_device || type == EntryType::block_device;
}

// The sum of all bytes, the checksum itself taken as spaces. Some old writers added them up as signed.
[[nodiscard]] std::int64_t tar_checksum(const TarHeader& header, bool as_signed = false);

// Octal digits, padded by spaces and ended by a space or NUL (a blank field is 0), or GNU's base-256: a set
// highest bit, then a big-endian number in two's complement.
[[nodiscard]] std::optional<std::int64_t> parse_tar_number(std::string_view field);
// As octal digits and a NUL; false if it does not fit, and then the field is 0.
bool put_octal(std::span<char> field, std::int64_t value);
void put_base256(std::span<char> field, std::uint64_t value);

// A header that replaces fields of the entry behind it, or of all entries.
constexpr bool is_extension(char type) { return type == 'x' || type == 'g' || type == 'L' || type == 'K'; }

// The headers of the entry that begins at `offset`, extended ones included, which then stands behind them; its
// content is empty and its size is beside it. Nothing where the archive ends.
struct HeadedEntry {
    TarEntry entry;
    std::uint64_t size = 0;
};
[[nodiscard]] Result<std::optional<HeadedEntry>> read_tar_headers(ByteView archive, std::size_t& offset,
                                                                  const TarLimits& limits);

using Pax = std::map<std::string, std::string, std::less<>>;

// Records "LENGTH KEY=VALUE\n", the length counting itself; a later one of the same key replaces the earlier.
[[nodiscard]] Result<> parse_pax(std::string_view text, Pax& pax);
[[nodiscard]] std::string write_pax(const Pax& pax);
// Decimal digits, perhaps with a minus, perhaps with a fraction, which is dropped.
[[nodiscard]] std::optional<std::int64_t> parse_pax_number(std::string_view text);

}  // namespace pith::archive
