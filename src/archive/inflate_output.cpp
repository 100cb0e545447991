#include "archive/inflate_output.h"

#include <fmt/format.h>

#include <algorithm>

namespace pith::archive {

namespace {

constexpr std::size_t most_memory = 64 * MiB;
constexpr std::size_t least_memory = 64 * KiB;
constexpr std::size_t file_buffer = 1 * MiB;
constexpr std::size_t sink_buffer = 256 * KiB;  // stays in a core's cache between the decompressor and the sink
// A decompressor that has just filled its room still wants to read its trailer; with a little more room than
// was expected it does so without the block growing for nothing.
constexpr std::size_t slack = 64;

}  // namespace

InflateOutput::InflateOutput(ByteView input, const InflateLimits& limits, ByteSink* sink, InputUsed used)
    : m_input(input), m_used(std::move(used)), m_limits(limits), m_sink(sink) {
    std::uint64_t by_ratio = 0;
    if (__builtin_mul_overflow(input.size(), limits.most_ratio, &by_ratio)) by_ratio = limits.most_bytes;
    m_most = std::min(limits.most_bytes, std::max(limits.free_bytes, by_ratio));
}

Result<> InflateOutput::expect(std::uint64_t size) {
    if (m_sink) return resize(sink_buffer);
    size = std::min(size, m_most);
    if (size > most_memory) return move_to_file();
    return resize(std::max(least_memory, static_cast<std::size_t>(size) + slack));
}

Result<std::span<std::byte>> InflateOutput::room() {
    if (m_out.m_size == m_capacity) {
        if (m_fd || m_sink) {
            TRY(flush());
        } else if (m_capacity >= most_memory) {
            TRY(move_to_file());
        } else {
            TRY(resize(std::clamp(2 * m_capacity, least_memory, most_memory)));
        }
    }
    return std::span(m_out.m_memory.get() + m_out.m_size, m_capacity - m_out.m_size);
}

Result<> InflateOutput::commit(std::size_t used) {
    m_out.m_size += used;
    if (m_flushed + m_out.m_size <= m_most) return {};
    if (m_most == m_limits.most_bytes)
        return fail(ErrorCode::limit, fmt::format("decompresses to more than {}, the most that is taken",
                                                  human_size(m_limits.most_bytes)));
    return fail(ErrorCode::limit,
                fmt::format("{} decompress to more than {}: past {}, output of more than {} times the input is refused",
                            human_size(m_input.size()), human_size(m_most), human_size(m_limits.free_bytes),
                            m_limits.most_ratio));
}

void InflateOutput::tell(std::size_t at) {
    m_used(m_input.subspan(m_told, at - m_told));
    m_told = at;
}

Result<Inflated> InflateOutput::finish() && {
    if (m_used && m_told < m_input.size()) tell(m_input.size());
    if (m_sink) {
        TRY(flush());
        return Inflated{};
    }
    if (!m_fd) {
        if (m_out.m_size > 0) TRY(resize(m_out.m_size));
        return std::move(m_out);
    }
    TRY(flush());
    m_out.m_memory.reset();
    m_out.m_file = TRY(MappedFile::from(m_fd, temporary_folder()));
    return std::move(m_out);
}

Result<> InflateOutput::resize(std::size_t capacity) {
    auto* moved = static_cast<std::byte*>(std::realloc(m_out.m_memory.get(), capacity));
    if (!moved) return fail(ErrorCode::io, fmt::format("no memory for {} of decompressed data", human_size(capacity)));
    (void)m_out.m_memory.release();
    m_out.m_memory.reset(moved);
    m_capacity = capacity;
    return {};
}

Result<> InflateOutput::move_to_file() {
    m_fd = TRY(open_unlinked_file());
    TRY(flush());
    return resize(file_buffer);
}

Result<> InflateOutput::flush() {
    if (m_sink)
        TRY(m_sink->write({m_out.m_memory.get(), m_out.m_size}));
    else
        TRY(write_all(m_fd, {m_out.m_memory.get(), m_out.m_size}, temporary_folder() / "(decompressed data)"));
    m_flushed += m_out.m_size;
    m_out.m_size = 0;
    return {};
}

}  // namespace pith::archive
