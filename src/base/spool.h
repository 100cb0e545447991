// Bytes that come in pieces and are looked at as one: in memory while they are few, else in an unlinked temporary file
// that is mapped, so that one large content does not cost its size in memory that cannot be reclaimed.
// Thread-safety: a spool belongs to one thread.
#pragma once

#include "base/file.h"

namespace pith {

class Spool {
public:
    // `most_memory` bytes are held in memory. It is allocated as it is needed, and kept for the next content.
    explicit Spool(std::size_t most_memory) : m_most_memory(most_memory) {}

    [[nodiscard]] Result<> append(ByteView bytes);
    [[nodiscard]] std::uint64_t size() const { return m_in_file + m_memory.size(); }
    // All that came, until the next call.
    [[nodiscard]] Result<ByteView> view();
    void clear();

private:
    [[nodiscard]] Result<> flush();

    std::size_t m_most_memory;
    Bytes m_memory;  // what is not in the file
    Fd m_file;
    std::uint64_t m_in_file = 0;
    MappedFile m_mapped;
};

}  // namespace pith
