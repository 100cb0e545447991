// tar read as it comes: bytes are pushed in, a visitor is told of entries and their contents. For layers, which may
// be larger than memory. The same formats and refusals as TarReader, and the same errors.
// Thread-safety: a stream belongs to one thread.
#pragma once

#include "archive/inflate.h"
#include "archive/tar.h"

namespace pith::archive {

class TarVisitor {
public:
    virtual ~TarVisitor() = default;
    // The entry's content is empty here; `size` bytes of it follow by content(), then comes end().
    [[nodiscard]] virtual Result<> begin(TarEntry entry, std::uint64_t size) = 0;
    [[nodiscard]] virtual Result<> content(ByteView bytes) = 0;
    [[nodiscard]] virtual Result<> end() = 0;
};

class TarStream : public ByteSink {
public:
    explicit TarStream(TarVisitor& visitor, TarLimits limits = {}) : m_visitor(visitor), m_limits(limits) {}
    [[nodiscard]] Result<> write(ByteView bytes) override;
    // No more bytes come: a format error if the archive is cut off.
    [[nodiscard]] Result<> finish();

private:
    [[nodiscard]] Result<> take_headers(ByteView& bytes);
    [[nodiscard]] Result<> take_content(ByteView& bytes);
    [[nodiscard]] Result<> begin_entry();

    TarVisitor& m_visitor;
    TarLimits m_limits;
    Bytes m_headers;                             // of the entry that begins, as far as they came
    std::size_t m_wanted = 512;                  // of m_headers, before more can be told
    std::uint64_t m_offset = 0;                  // in the archive, of what write() looks at next
    std::uint64_t m_content = 0, m_padding = 0;  // bytes still to come
    std::size_t m_entries = 0;
    bool m_in_entry = false, m_ended = false;
};

}  // namespace pith::archive
