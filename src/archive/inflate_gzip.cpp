// gzip by ISA-L, which checks each member's CRC-32 and length (RFC 1952, section 2.3.1).
#include <fmt/format.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>

#include "archive/inflate_output.h"

namespace pith::archive {

namespace {

constexpr std::size_t most_at_once = 1 * GiB;  // ISA-L counts in 32 bits

std::string_view reason(int code) {
    switch (code) {
        case ISAL_INVALID_WRAPPER: return "not a gzip header";
        case ISAL_UNSUPPORTED_METHOD: return "a compression method other than deflate";
        case ISAL_INCORRECT_CHECKSUM: return "the checksum or length of a member does not hold";
        case ISAL_INVALID_LOOKBACK: return "a reference to before the beginning";
        default: return "not deflate data";
    }
}

constexpr std::uint64_t most_gain = 1032;  // of deflate: 258 bytes for a code of one bit, and one of its distance

// The length that a member carries as its last four bytes is exact for a single member under 4 GiB. Of many
// members it is only the last one's, in a damaged one it is anything, and then a usual ratio is the better guess.
std::uint64_t expected_size(ByteView input) {
    std::uint64_t size = 0;
    if (input.size() >= 4)
        for (std::size_t i = 1; i <= 4; ++i) size = size << 8 | std::to_integer<std::uint8_t>(input[input.size() - i]);
    return size >= input.size() && size / most_gain <= input.size() ? size : 4 * input.size();
}

}  // namespace

Result<std::size_t> inflate_gzip(ByteView input, InflateOutput& out, GzipMembers members) {
    TRY(out.expect(expected_size(input)));
    auto state = std::make_unique_for_overwrite<inflate_state>();
    isal_inflate_init(state.get());
    state->crc_flag = ISAL_GZIP;
    std::size_t given = 0;
    for (;;) {
        if (state->avail_in == 0) {
            auto part = input.subspan(given, std::min(most_at_once, input.size() - given));
            state->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(part.data()));
            state->avail_in = static_cast<std::uint32_t>(part.size());
            given += part.size();
        }
        auto room = TRY(out.room());
        state->next_out = reinterpret_cast<std::uint8_t*>(room.data());
        state->avail_out = static_cast<std::uint32_t>(room.size());
        int code = isal_inflate(state.get());
        auto at = given - state->avail_in;
        if (code != ISAL_DECOMP_OK && code != ISAL_END_INPUT)
            return fail(ErrorCode::format, fmt::format("damaged gzip at byte {}: {}", at, reason(code)));
        TRY(out.commit(room.size() - state->avail_out));
        out.used(at);
        if (state->block_state == ISAL_BLOCK_FINISH) {
            if (at == input.size() || members == GzipMembers::first) return at;
            if (input[at] != std::byte{0x1f})
                return fail(ErrorCode::format, fmt::format("{} bytes follow the end of the gzip stream at byte {}",
                                                           input.size() - at, at));
            isal_inflate_reset(state.get());
        } else if (at == input.size() && state->avail_out > 0) {
            return fail(ErrorCode::format, fmt::format("truncated gzip: ends at byte {} inside a member", at));
        }
    }
}

}  // namespace pith::archive
