// Writes tar archives, always the same bytes for the same entries.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "archive/tar_header.h"

namespace pith::archive {

namespace {

// What TarEntry's own fields stand for, and times that would differ from one build to the next.
constexpr std::string_view not_copied[] = {"path", "linkpath", "size",  "mtime", "uid",
                                           "gid",  "uname",    "gname", "atime", "ctime"};

// The field holds the text with or without a NUL behind it; false if it is too long.
bool put_text(std::span<char> field, std::string_view text) {
    std::ranges::copy(text.substr(0, field.size()), field.begin());
    return text.size() <= field.size();
}

// ustar's two fields hold 100 bytes, or 155 and 100 with a '/' between them that is not written.
bool put_path(TarHeader& header, std::string_view path) {
    if (put_text(header.name, path)) return true;
    auto slash = path.find('/', path.size() - sizeof header.name - 1);
    if (slash == path.npos || slash == 0 || slash > sizeof header.prefix || slash + 1 == path.size()) return false;
    std::ranges::fill(header.name, '\0');
    put_text(header.prefix, path.substr(0, slash));
    return put_text(header.name, path.substr(slash + 1));
}

void put_device(std::span<char> field, std::uint32_t number) {
    if (!put_octal(field, number)) put_base256(field, number);
}

void append_block(Bytes& out, TarHeader& header) {
    std::ranges::copy("ustar", header.magic);
    std::ranges::copy(std::string_view("00"), header.version);
    put_octal(std::span(header.checksum).first(7), tar_checksum(header));
    header.checksum[7] = ' ';
    append(out, std::as_bytes(std::span(&header, 1)));
}

void append_content(Bytes& out, ByteView content) {
    append(out, content);
    out.resize((out.size() + tar_block - 1) / tar_block * tar_block);
}

void append_pax(Bytes& out, std::string_view path, const Pax& pax) {
    auto records = write_pax(pax);
    TarHeader header{};
    put_text(header.name, fmt::format("PaxHeaders/{}", path.substr(0, sizeof header.name - sizeof "PaxHeaders")));
    put_octal(header.mode, 0644);
    put_octal(header.uid, 0);
    put_octal(header.gid, 0);
    put_octal(header.size, static_cast<std::int64_t>(records.size()));
    put_octal(header.mtime, 0);
    header.type = 'x';
    append_block(out, header);
    append_content(out, as_bytes(records));
}

char type_flag(EntryType type) {
    return std::ranges::find(tar_types, type, &std::pair<char, EntryType>::second)->first;
}

}  // namespace

void append_tar_header(Bytes& out, const TarEntry& entry, std::uint64_t size) {
    auto path = entry.path;
    if (entry.type == EntryType::directory && !path.ends_with('/')) path += '/';

    Pax pax;
    for (const auto& [key, value] : entry.pax)
        if (std::ranges::find(not_copied, key) == std::end(not_copied)) pax.insert_or_assign(key, value);
    TarHeader header{};
    auto put_number = [&](std::span<char> field, std::string_view key, auto value) {
        if (!put_octal(field, static_cast<std::int64_t>(value))) pax.emplace(key, fmt::to_string(value));
    };
    if (!put_path(header, path)) pax.emplace("path", path);
    if (is_link(entry.type) && !put_text(header.link, entry.link)) pax.emplace("linkpath", entry.link);
    put_octal(header.mode, entry.mode & 07777);
    put_number(header.uid, "uid", entry.uid);
    put_number(header.gid, "gid", entry.gid);
    put_number(header.size, "size", size);
    put_number(header.mtime, "mtime", entry.mtime);
    header.type = type_flag(entry.type);
    put_device(header.device_major, is_device(entry.type) ? entry.device_major : 0);
    put_device(header.device_minor, is_device(entry.type) ? entry.device_minor : 0);

    if (!pax.empty()) append_pax(out, path, pax);
    append_block(out, header);
}

void append_tar_entry(Bytes& out, const TarEntry& entry) {
    auto content = entry.type == EntryType::file ? entry.content : ByteView{};
    append_tar_header(out, entry, content.size());
    append_content(out, content);
}

ByteView tar_end() {
    static constexpr std::byte zeros[2 * tar_block]{};
    return zeros;
}

}  // namespace pith::archive
