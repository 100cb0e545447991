#include "archive/zip.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <memory>

namespace pith::archive {

namespace {

constexpr std::size_t end_size = 22, most_comment = 65535, directory_entry = 46, local_header = 30;
constexpr std::size_t end64_size = 56, locator_size = 20;
constexpr std::uint32_t end_mark = 0x06054b50, entry_mark = 0x02014b50, local_mark = 0x04034b50;
constexpr std::uint32_t end64_mark = 0x06064b50, locator_mark = 0x07064b50;
constexpr std::size_t most_members = 2'000'000, most_name = 4096;
constexpr std::uint16_t encrypted = 1, stored = 0, deflated = 8;

// Little-endian numbers; the caller has checked that they are inside.
std::uint64_t number(ByteView bytes, std::size_t at, std::size_t width) {
    std::uint64_t out = 0;
    for (std::size_t i = width; i-- > 0;) out = out << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
    return out;
}

std::unexpected<Error> broken(std::string_view why) {
    return fail(ErrorCode::format, fmt::format("not a sound zip archive: {}", why));
}

// The record at the end, before a comment of unknown length.
Result<std::size_t> find_end(ByteView file) {
    if (file.size() < end_size) return broken("it is shorter than its end record");
    auto last = file.size() - end_size;
    for (std::size_t back = 0; back <= std::min(last, most_comment); ++back)
        if (number(file, last - back, 4) == end_mark && number(file, last - back + 20, 2) == back) return last - back;
    return broken("it has no end record");
}

// What is said of the directory, and where it ends.
struct Directory {
    std::uint64_t count, size, start, end;
};

// An archive of more than 65,534 members or 4 GiB says it in a second record, before the first, with a locator in
// between (APPNOTE, 4.3.14 and 4.3.15).
Result<Directory> find_directory(ByteView file) {
    auto end = TRY(find_end(file));
    Directory out{number(file, end + 10, 2), number(file, end + 12, 4), number(file, end + 16, 4), end};
    bool large = out.count == 0xffff || out.size == 0xffffffff || out.start == 0xffffffff;
    if (large && end >= locator_size + end64_size && number(file, end - locator_size, 4) == locator_mark) {
        auto at = end - locator_size - end64_size;
        if (number(file, at, 4) != end64_mark) return broken("its ZIP64 record is not before its locator");
        out = {number(file, at + 32, 8), number(file, at + 40, 8), number(file, at + 48, 8), at};
    }
    if (out.size > out.end || out.start > out.end - out.size) return broken("its directory lies outside of it");
    return out;
}

struct FreeDecompressor {
    void operator()(libdeflate_decompressor* each) const { libdeflate_free_decompressor(each); }
};
using Decompressor = std::unique_ptr<libdeflate_decompressor, FreeDecompressor>;

}  // namespace

Result<std::vector<ZipMember>> read_zip(ByteView file) {
    auto [count, size, start, end] = TRY(find_directory(file));
    // Offsets count from where the archive began before something was put in front of it.
    auto base = end - size - start;
    std::vector<ZipMember> out;
    for (auto at = end - size; at + directory_entry <= end && number(file, at, 4) == entry_mark;) {
        if (out.size() == most_members)
            return fail(ErrorCode::limit, fmt::format("it has more than {} members", most_members));
        std::size_t name = number(file, at + 28, 2);
        auto next = at + directory_entry + name + number(file, at + 30, 2) + number(file, at + 32, 2);
        if (next > end) return broken("an entry of its directory is cut off");
        if (name > most_name) return fail(ErrorCode::limit, fmt::format("a name is longer than {} bytes", most_name));
        ZipMember member{as_text(file.subspan(at + directory_entry, name)),
                         static_cast<std::uint16_t>(number(file, at + 10, 2)),
                         static_cast<std::uint16_t>(number(file, at + 8, 2)),
                         number(file, at + 20, 4),
                         number(file, at + 24, 4),
                         base + number(file, at + 42, 4)};
        out.push_back(member);
        at = next;
    }
    if (out.size() != count) return broken(fmt::format("its directory has {} of {} entries", out.size(), count));
    return out;
}

Result<Bytes> zip_content(ByteView file, const ZipMember& member, std::uint64_t most) {
    if (member.flags & encrypted) return fail(ErrorCode::unsupported, "the member is encrypted");
    if (member.size > most)
        return fail(ErrorCode::limit, fmt::format("the member is larger than {}", human_size(most)));
    if (member.offset + local_header > file.size() || number(file, member.offset, 4) != local_mark)
        return broken("a member's header is not where the directory says");
    auto start =
        member.offset + local_header + number(file, member.offset + 26, 2) + number(file, member.offset + 28, 2);
    if (start > file.size() || member.compressed > file.size() - start) return broken("a member is cut off");
    auto input = file.subspan(start, member.compressed);
    if (member.method == stored && input.size() == member.size) return Bytes(input.begin(), input.end());
    if (member.method != deflated)
        return fail(ErrorCode::unsupported, fmt::format("the member is compressed by method {}", member.method));
    Decompressor decompressor(libdeflate_alloc_decompressor());
    if (!decompressor) return fail(ErrorCode::internal, "no memory to decompress");
    // Deflate gains 1032 at most, so what claims more is not believed with memory.
    if (member.size > 1032 * (member.compressed + 1)) return broken("a member's size cannot be");
    Bytes out(member.size);
    std::size_t written = 0;
    auto result =
        libdeflate_deflate_decompress(decompressor.get(), input.data(), input.size(), out.data(), out.size(), &written);
    if (result != LIBDEFLATE_SUCCESS || written != member.size) return broken("a member's content is damaged");
    return out;
}

Result<Bytes> inflate_zlib(ByteView input, std::uint64_t most) {
    Decompressor decompressor(libdeflate_alloc_decompressor());
    if (!decompressor) return fail(ErrorCode::internal, "no memory to decompress");
    for (std::uint64_t room = std::min<std::uint64_t>(most, 16 * input.size() + 64);; room = std::min(most, 4 * room)) {
        Bytes out(room);
        std::size_t used = 0, written = 0;
        auto result = libdeflate_zlib_decompress_ex(decompressor.get(), input.data(), input.size(), out.data(),
                                                    out.size(), &used, &written);
        out.resize(result == LIBDEFLATE_SUCCESS ? written : 0);
        if (result == LIBDEFLATE_SUCCESS) return out;
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE) return fail(ErrorCode::format, "damaged zlib data");
        if (room == most) return fail(ErrorCode::limit, fmt::format("it inflates to more than {}", human_size(most)));
    }
}

}  // namespace pith::archive
