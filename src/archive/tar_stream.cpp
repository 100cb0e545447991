// Collects the headers of one entry, lets the reader's parser read them, and passes the content through.
#include "archive/tar_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "archive/tar_header.h"
#include "base/text.h"

namespace pith::archive {

namespace {

constexpr std::size_t most_header_blocks = 64 * KiB;  // beside the extended headers' own content

bool is_zero(std::byte b) { return b == std::byte{0}; }

// How many bytes of content an extended header at the end of `headers` has; nothing if it is another header.
std::optional<std::uint64_t> extension_size(ByteView headers) {
    TarHeader header;
    std::memcpy(&header, headers.last(tar_block).data(), tar_block);
    if (!is_extension(header.type)) return std::nullopt;
    auto size = parse_tar_number({header.size, sizeof header.size});
    return size && *size >= 0 ? static_cast<std::uint64_t>(*size) : 0;
}

std::uint64_t padding_of(std::uint64_t size) { return (tar_block - size % tar_block) % tar_block; }

}  // namespace

Result<> TarStream::write(ByteView bytes) {
    while (!bytes.empty()) {
        if (m_ended) {
            auto other = std::ranges::find_if_not(bytes, is_zero);
            if (other != bytes.end())
                return fail(ErrorCode::format,
                            fmt::format("the archive ends before byte {}, but other bytes follow", m_offset));
            return {};
        }
        if (m_in_entry)
            TRY(take_content(bytes));
        else
            TRY(take_headers(bytes));
    }
    return {};
}

Result<> TarStream::take_headers(ByteView& bytes) {
    auto part = bytes.first(std::min(bytes.size(), m_wanted - m_headers.size()));
    append(m_headers, part);
    bytes = bytes.subspan(part.size());
    if (m_headers.size() < m_wanted) return {};
    auto extension = extension_size(m_headers);
    // One that is too large is refused by the parser, which has not to see its content for that.
    if (extension && *extension <= m_limits.most_pax &&
        m_wanted + *extension <= m_limits.most_pax + most_header_blocks) {
        m_wanted += *extension + padding_of(*extension) + tar_block;
        return {};
    }
    return context(begin_entry(), fmt::format("tar entry at byte {}", m_offset));
}

Result<> TarStream::begin_entry() {
    std::size_t read = 0;
    auto headed = TRY(read_tar_headers(m_headers, read, m_limits));
    m_offset += m_headers.size();
    m_headers.clear();
    m_wanted = tar_block;
    m_ended = !headed;
    if (m_ended) return {};
    if (++m_entries > m_limits.most_entries)
        return fail(ErrorCode::limit, fmt::format("tar archive has more than {} entries", m_limits.most_entries));
    m_content = headed->size;
    m_padding = padding_of(headed->size);
    m_in_entry = true;
    TRY(m_visitor.begin(std::move(headed->entry), headed->size));
    ByteView none;
    return m_content + m_padding == 0 ? take_content(none) : Result<>();
}

Result<> TarStream::take_content(ByteView& bytes) {
    auto part = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), m_content)));
    if (!part.empty()) TRY(m_visitor.content(part));
    m_content -= part.size();
    auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size() - part.size(), m_padding));
    if (m_content == 0) m_padding -= skipped;
    auto used = part.size() + (m_content == 0 ? skipped : 0);
    bytes = bytes.subspan(used);
    m_offset += used;
    if (m_content + m_padding > 0) return {};
    m_in_entry = false;
    return m_visitor.end();
}

Result<> TarStream::finish() {
    if (m_in_entry)
        return fail(ErrorCode::format,
                    fmt::format("truncated: the tar archive ends at byte {}, inside an entry's content", m_offset));
    // Fewer bytes than a header may be the zeros that end the archive; the parser tells.
    std::size_t read = 0;
    auto headed =
        TRY(context(read_tar_headers(m_headers, read, m_limits), fmt::format("tar entry at byte {}", m_offset)));
    if (headed) return fail(ErrorCode::format, fmt::format("truncated: the tar archive ends at byte {}", m_offset));
    return {};
}

}  // namespace pith::archive
