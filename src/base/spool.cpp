#include "base/spool.h"

namespace pith {

Result<> Spool::append(ByteView bytes) {
    if (m_memory.size() + bytes.size() > m_most_memory) TRY(flush());
    if (bytes.size() <= m_most_memory) {
        pith::append(m_memory, bytes);
        return {};
    }
    m_in_file += bytes.size();
    return write_all(m_file, bytes, temporary_folder() / "(spooled data)");
}

Result<> Spool::flush() {
    if (!m_file) m_file = TRY(open_unlinked_file());
    TRY(write_all(m_file, m_memory, temporary_folder() / "(spooled data)"));
    m_in_file += m_memory.size();
    m_memory.clear();
    return {};
}

Result<ByteView> Spool::view() {
    if (!m_file) return ByteView(m_memory);
    TRY(flush());
    m_mapped = TRY(MappedFile::from(m_file, temporary_folder()));
    return m_mapped.bytes();
}

void Spool::clear() {
    m_memory.clear();
    m_mapped = {};
    m_file = {};
    m_in_file = 0;
}

}  // namespace pith
