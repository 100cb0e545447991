#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "archive/tar_header.h"

using namespace pith;
using namespace pith::archive;

namespace {

// Cleaning a clean path changes nothing.
void check_path(const std::string& path) {
    auto clean = clean_path(path);
    if (!clean) return;
    auto twice = clean_path(*clean);
    if (!twice || *twice != *clean || clean->starts_with('/') || clean->ends_with('/')) std::abort();
}

bool same(const TarEntry& a, const TarEntry& b) {
    auto path = a.path + (a.type == EntryType::directory && !a.path.ends_with('/') ? "/" : "");
    return path == b.path && a.type == b.type && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid &&
           a.mtime == b.mtime && a.link == b.link && a.device_major == b.device_major &&
           a.device_minor == b.device_minor && as_text(a.content) == as_text(b.content);
}

// What the reader takes, the writer writes so that the reader gets it back.
void read_and_write(ByteView archive) {
    constexpr TarLimits limits{.most_entries = 100, .most_path = 1000, .most_pax = 10 * KiB};
    TarReader reader(archive, limits);
    for (;;) {
        auto entry = reader.next();
        if (!entry || !*entry) return;
        check_path((*entry)->path);
        Bytes written;
        append_tar_entry(written, **entry);
        auto back = TarReader(written).next();
        if (!back || !*back || !same(**entry, **back)) std::abort();
    }
}

// Every block with the checksum a header would have, which a fuzzer would hardly find.
Bytes with_checksums(ByteView archive) {
    Bytes out(archive.begin(), archive.end());
    for (std::size_t at = 0; at + tar_block <= out.size(); at += tar_block) {
        TarHeader header;
        std::memcpy(&header, &out[at], tar_block);
        if (header.name[0] == '\0') continue;
        put_octal(header.checksum, tar_checksum(header));
        std::memcpy(&out[at], &header, tar_block);
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView archive = std::as_bytes(std::span(data, size));
    read_and_write(archive);
    read_and_write(with_checksums(archive));
    return 0;
}
