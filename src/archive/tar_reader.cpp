// Reads tar archives. An entry is a header block with its content; before it may come extended headers (pax `x`,
// GNU `L` and `K`), themselves written as entries, that replace fields too small for their value.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "archive/tar_header.h"
#include "base/text.h"

namespace pith::archive {

namespace {

// What the extended headers before an entry say.
struct Extensions {
    Pax pax;
    std::optional<std::string> gnu_path, gnu_link;
    std::size_t bytes = 0;
    bool any = false;
};

std::optional<std::string> take(Pax& pax, std::string_view key) {
    auto it = pax.find(key);
    if (it == pax.end()) return std::nullopt;
    return std::move(pax.extract(it).mapped());
}

template <std::size_t N>
std::string_view text_of(const char (&field)[N]) {
    std::string_view text(field, N);
    return text.substr(0, text.find('\0'));
}

template <std::size_t N>
std::string_view whole(const char (&field)[N]) {
    return {field, N};
}

constexpr std::int64_t most_number = std::numeric_limits<std::int64_t>::max();

// A number of the header, or of the pax record that replaces it.
Result<std::int64_t> number(std::string_view what, std::string_view field, const std::optional<std::string>& record,
                            std::int64_t least = 0, std::int64_t most = most_number) {
    auto value = record ? parse_pax_number(*record) : parse_tar_number(field);
    if (value && *value >= least && *value <= most) return *value;
    return fail(ErrorCode::format, fmt::format("'{}' is no {}", printable(record ? *record : field, 40), what));
}

Result<> check_name(std::string_view name, std::string_view what, std::size_t most) {
    if (name.empty()) return fail(ErrorCode::format, fmt::format("its {} is empty", what));
    if (name.size() > most) return fail(ErrorCode::limit, fmt::format("its {} has more than {} bytes", what, most));
    if (name.find('\0') != name.npos) return fail(ErrorCode::format, fmt::format("its {} has a NUL byte", what));
    return {};
}

// v7 has no magic: its directories are files whose name ends in '/', and what lies behind `link` is not to be read.
enum class Dialect { v7, posix, gnu };

Dialect dialect_of(const TarHeader& header) {
    if (text_of(header.magic) == "ustar") return Dialect::posix;
    return whole(header.magic) == "ustar " ? Dialect::gnu : Dialect::v7;
}

std::string header_path(const TarHeader& header) {
    std::string path(text_of(header.name));
    if (dialect_of(header) != Dialect::posix || header.prefix[0] == '\0') return path;
    return fmt::format("{}/{}", text_of(header.prefix), path);
}

Result<EntryType> entry_type(char flag, std::string_view path, std::uint64_t size) {
    if (flag == '\0' || flag == '7') flag = '0';  // v7's files, and files that were contiguous on their disk
    if (flag == '0' && path.ends_with('/')) flag = '5';
    const auto* known = std::ranges::find(tar_types, flag, &std::pair<char, EntryType>::first);
    if (known == std::end(tar_types))
        return fail(ErrorCode::unsupported, fmt::format("entries of type '{}' are not read", printable({&flag, 1})));
    if (size != 0 && known->second != EntryType::file)
        return fail(ErrorCode::unsupported,
                    fmt::format("'{}' is no file and yet has {} bytes of content", printable(path), size));
    return known->second;
}

Result<> set_names(TarEntry& entry, const TarHeader& header, Extensions& extensions, std::uint64_t size,
                   std::size_t most) {
    auto& pax = extensions.pax;
    auto path = take(pax, "path"), link = take(pax, "linkpath");
    if (!path) path = std::move(extensions.gnu_path);
    entry.path = path ? std::move(*path) : header_path(header);
    TRY(check_name(entry.path, "path", most));
    entry.type = TRY(entry_type(header.type, entry.path, size));
    if (is_link(entry.type)) {
        if (!link) link = std::move(extensions.gnu_link);
        entry.link = link ? std::move(*link) : std::string(text_of(header.link));
        TRY(check_name(entry.link, "link target", most));
    }
    bool named = dialect_of(header) != Dialect::v7;
    entry.user = take(pax, "uname").value_or(std::string(named ? text_of(header.user) : ""));
    entry.group = take(pax, "gname").value_or(std::string(named ? text_of(header.group) : ""));
    return {};
}

Result<> set_numbers(TarEntry& entry, const TarHeader& header, Pax& pax) {
    entry.mode = TRY(number("mode", whole(header.mode), {})) & 07777;
    entry.uid = TRY(number("uid", whole(header.uid), take(pax, "uid")));
    entry.gid = TRY(number("gid", whole(header.gid), take(pax, "gid")));
    entry.mtime = TRY(number("mtime", whole(header.mtime), take(pax, "mtime"), -most_number));
    if (is_device(entry.type)) {
        constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
        entry.device_major = TRY(number("device number", whole(header.device_major), {}, 0, most));
        entry.device_minor = TRY(number("device number", whole(header.device_minor), {}, 0, most));
    }
    return {};
}

Result<> set_pax(TarEntry& entry, Pax& pax) {
    for (auto& [key, value] : pax) {
        if (key.starts_with("GNU.sparse."))
            return fail(ErrorCode::unsupported, "it is a sparse file; write the archive without --sparse");
        entry.pax.emplace_back(key, std::move(value));
    }
    return {};
}

Result<> refuse_global(std::string_view text) {
    Pax pax;
    TRY(parse_pax(text, pax));
    for (const auto& [key, value] : pax)
        if (key != "comment")
            return fail(ErrorCode::unsupported, fmt::format("a global pax header sets '{}' for all entries; write the "
                                                            "archive without global headers",
                                                            printable(key, 40)));
    return {};
}

// Nothing where the archive ends.
Result<std::optional<TarHeader>> read_header(ByteView archive, std::size_t& offset) {
    auto rest = archive.subspan(offset);
    auto zero = [](std::byte b) { return b == std::byte{0}; };
    if (std::ranges::all_of(rest.first(std::min(rest.size(), tar_block)), zero)) {
        auto other = std::ranges::find_if_not(rest, zero);
        if (other != rest.end())
            return fail(ErrorCode::format,
                        fmt::format("the archive ends here, but other bytes follow, the first one at byte {}",
                                    offset + static_cast<std::size_t>(other - rest.begin())));
        offset = archive.size();
        return std::nullopt;
    }
    if (rest.size() < tar_block)
        return fail(ErrorCode::format, fmt::format("truncated: only {} bytes of a header are there", rest.size()));
    TarHeader header;
    std::memcpy(&header, rest.data(), tar_block);
    auto sum = parse_tar_number(whole(header.checksum));
    if (sum != tar_checksum(header) && sum != tar_checksum(header, true))
        return fail(ErrorCode::format, "this is no tar header: its checksum does not hold");
    offset += tar_block;
    return header;
}

// `size` bytes and their padding to a whole block.
Result<ByteView> read_content(ByteView archive, std::size_t& offset, std::uint64_t size) {
    auto left = archive.size() - offset;
    auto padding = (tar_block - size % tar_block) % tar_block;
    if (size > left || padding > left - size)
        return fail(ErrorCode::format, fmt::format("truncated: it has {} bytes of content, and {} are left of the "
                                                   "archive",
                                                   size, left));
    auto content = archive.subspan(offset, size);
    offset += size + padding;
    return content;
}

Result<> read_extension(const TarHeader& header, ByteView archive, std::size_t& offset, Extensions& extensions,
                        std::size_t most) {
    auto size = static_cast<std::uint64_t>(TRY(number("size", whole(header.size), {})));
    if (size > most - extensions.bytes)
        return fail(ErrorCode::limit,
                    fmt::format("the extended headers of one entry have more than {}", human_size(most)));
    extensions.bytes += size;
    auto text = as_text(TRY(read_content(archive, offset, size)));
    switch (header.type) {
        case 'g': return refuse_global(text);
        case 'L': extensions.gnu_path = text.substr(0, text.find('\0')); break;
        case 'K': extensions.gnu_link = text.substr(0, text.find('\0')); break;
        default: TRY(parse_pax(text, extensions.pax));
    }
    extensions.any = true;
    return {};
}

}  // namespace

Result<std::optional<HeadedEntry>> read_tar_headers(ByteView archive, std::size_t& offset, const TarLimits& limits) {
    Extensions extensions;
    auto header = TRY(read_header(archive, offset));
    for (; header && is_extension(header->type); header = TRY(read_header(archive, offset)))
        TRY(read_extension(*header, archive, offset, extensions, limits.most_pax));
    if (!header) {
        if (extensions.any) return fail(ErrorCode::format, "an extended header stands before no entry");
        return std::nullopt;
    }
    auto& pax = extensions.pax;
    // A record without a value takes itself back: the header's field counts.
    std::erase_if(pax, [](const auto& record) { return record.second.empty(); });
    HeadedEntry out;
    out.size = static_cast<std::uint64_t>(TRY(number("size", whole(header->size), take(pax, "size"))));
    TRY(set_names(out.entry, *header, extensions, out.size, limits.most_path));
    TRY(set_numbers(out.entry, *header, pax));
    TRY(set_pax(out.entry, pax));
    return out;
}

TarReader::TarReader(ByteView archive, TarLimits limits) : m_archive(archive), m_limits(limits) {}

Result<std::optional<TarEntry>> TarReader::next() {
    auto where = fmt::format("tar entry at byte {}", m_offset);
    auto headed = TRY(context(read_tar_headers(m_archive, m_offset, m_limits), where));
    if (!headed) return std::nullopt;
    auto& entry = headed->entry;
    entry.content = TRY(
        context(read_content(m_archive, m_offset, headed->size), fmt::format("{}: {}", where, printable(entry.path))));
    if (++m_entries > m_limits.most_entries)
        return fail(ErrorCode::limit, fmt::format("tar archive has more than {} entries", m_limits.most_entries));
    return std::move(entry);
}

}  // namespace pith::archive
