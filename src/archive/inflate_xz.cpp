// xz by liblzma, which checks each block's CRC and the index (the .xz file format, version 1.1.0).
#include <fmt/format.h>
#include <lzma.h>

#include "archive/inflate_output.h"

namespace pith::archive {

namespace {

constexpr std::uint64_t most_memory = 256 * MiB;  // of the decoder; `xz -9` needs 65 MiB
constexpr std::uint64_t most_index_memory = 16 * MiB;

const std::uint8_t* begin_of(ByteView bytes) { return reinterpret_cast<const std::uint8_t*>(bytes.data()); }

// The size of the last stream, from the index at its end; 0 where that cannot be read.
std::uint64_t expected_size(ByteView input) {
    if (input.size() < std::size_t{2} * LZMA_STREAM_HEADER_SIZE) return 0;
    auto before_footer = input.first(input.size() - LZMA_STREAM_HEADER_SIZE);
    lzma_stream_flags flags{};
    if (lzma_stream_footer_decode(&flags, begin_of(input) + before_footer.size()) != LZMA_OK) return 0;
    if (flags.backward_size > before_footer.size()) return 0;
    auto encoded = before_footer.last(flags.backward_size);
    lzma_index* index = nullptr;
    std::uint64_t memory = most_index_memory;
    std::size_t at = 0;
    if (lzma_index_buffer_decode(&index, &memory, nullptr, begin_of(encoded), &at, encoded.size()) != LZMA_OK) return 0;
    auto size = lzma_index_uncompressed_size(index);
    lzma_index_end(index, nullptr);
    return size;
}

std::unexpected<Error> explain(lzma_ret code, std::size_t at) {
    switch (code) {
        case LZMA_MEM_ERROR: return fail(ErrorCode::io, "no memory for the xz decoder");
        case LZMA_MEMLIMIT_ERROR:
            return fail(ErrorCode::limit, fmt::format("the xz stream at byte {} needs a decoder of more than {}", at,
                                                      human_size(most_memory)));
        case LZMA_OPTIONS_ERROR:
        case LZMA_UNSUPPORTED_CHECK:
            return fail(ErrorCode::unsupported,
                        fmt::format("the xz stream at byte {} uses a filter or check that liblzma does not know", at));
        case LZMA_BUF_ERROR:
            return fail(ErrorCode::format, fmt::format("truncated xz: ends at byte {} inside a stream", at));
        case LZMA_FORMAT_ERROR: return fail(ErrorCode::format, fmt::format("not xz: no xz header at byte {}", at));
        default:
            return fail(ErrorCode::format,
                        fmt::format("damaged xz at byte {}: not xz data, or a check that does not hold", at));
    }
}

struct Decoder {
    lzma_stream stream = LZMA_STREAM_INIT;
    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    ~Decoder() { lzma_end(&stream); }
};

}  // namespace

Result<> inflate_xz(ByteView input, InflateOutput& out) {
    TRY(out.expect(expected_size(input)));
    Decoder decoder;
    auto& stream = decoder.stream;
    auto code = lzma_stream_decoder(&stream, most_memory, LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK);
    if (code != LZMA_OK) return explain(code, 0);
    stream.next_in = begin_of(input);
    stream.avail_in = input.size();
    while (code == LZMA_OK) {
        auto room = TRY(out.room());
        stream.next_out = reinterpret_cast<std::uint8_t*>(room.data());
        stream.avail_out = room.size();
        code = lzma_code(&stream, LZMA_FINISH);
        TRY(out.commit(room.size() - stream.avail_out));
        out.used(input.size() - stream.avail_in);
    }
    if (code != LZMA_STREAM_END) return explain(code, input.size() - stream.avail_in);
    return {};
}

}  // namespace pith::archive
