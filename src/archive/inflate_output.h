// Where the decompressors of inflate() put their bytes: a block of memory that grows, and past 64 MiB a
// temporary file; or a block of fixed size that a sink empties again and again. It holds the bounds, so that no
// decompressor can forget them.
#pragma once

#include <span>

#include "archive/inflate.h"

namespace pith::archive {

class InflateOutput {
public:
    // With a sink, everything goes there and finish() gives nothing.
    InflateOutput(ByteView input, const InflateLimits& limits, ByteSink* sink = nullptr, InputUsed used = {});

    // A hint, trusted no further than an untouched allocation: this many bytes will come.
    [[nodiscard]] Result<> expect(std::uint64_t size);
    // Space for the next bytes, never empty.
    [[nodiscard]] Result<std::span<std::byte>> room();
    // The first `used` bytes of the room are written. A `limit` error when a bound is passed.
    [[nodiscard]] Result<> commit(std::size_t used);
    // The decompressor has read the first `at` bytes of the input.
    void used(std::size_t at) {
        if (m_used && at - m_told >= used_at_once) tell(at);
    }
    // All of the input is used.
    [[nodiscard]] Result<Inflated> finish() &&;

private:
    static constexpr std::size_t used_at_once = 1 * MiB;
    void tell(std::size_t at);

    [[nodiscard]] Result<> resize(std::size_t capacity);
    [[nodiscard]] Result<> move_to_file();
    [[nodiscard]] Result<> flush();

    ByteView m_input;
    InputUsed m_used;
    std::size_t m_told = 0;  // of the input, to m_used
    std::uint64_t m_most;
    InflateLimits m_limits;
    ByteSink* m_sink;
    Inflated m_out;  // its memory is the buffer, and m_size what is used of it
    std::size_t m_capacity = 0;
    Fd m_fd;                      // once the output went to a file,
    std::uint64_t m_flushed = 0;  // which holds this much of it, or the sink got it
};

// One decompressor each: all of `input`, or an error that names the byte. gzip's may stop behind the first
// member, and returns how much of `input` it read.
enum class GzipMembers { all, first };
[[nodiscard]] Result<std::size_t> inflate_gzip(ByteView input, InflateOutput& out, GzipMembers members);
[[nodiscard]] Result<> inflate_xz(ByteView input, InflateOutput& out);
[[nodiscard]] Result<> inflate_zstd(ByteView input, InflateOutput& out);

}  // namespace pith::archive
