// zstd by libzstd (RFC 8878). A frame whose whole content fits the room is decoded straight into it.
#define ZSTD_STATIC_LINKING_ONLY  // for ZSTD_findDecompressedSize; the library is linked statically
#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "archive/inflate_output.h"

namespace pith::archive {

namespace {

constexpr int most_window_log = 27;  // 128 MiB; `zstd --ultra -22` uses this much

std::unexpected<Error> explain(std::size_t code, std::size_t at) {
    switch (ZSTD_getErrorCode(code)) {
        case ZSTD_error_memory_allocation: return fail(ErrorCode::io, "no memory for the zstd decoder");
        case ZSTD_error_frameParameter_windowTooLarge:
            return fail(ErrorCode::limit, fmt::format("the zstd frame at byte {} needs a window of more than {}", at,
                                                      human_size(1ULL << most_window_log)));
        default:
            return fail(ErrorCode::format, fmt::format("damaged zstd at byte {}: {}", at, ZSTD_getErrorName(code)));
    }
}

}  // namespace

Result<> inflate_zstd(ByteView input, InflateOutput& out) {
    auto expected = ZSTD_findDecompressedSize(input.data(), input.size());
    bool known = expected != ZSTD_CONTENTSIZE_UNKNOWN && expected != ZSTD_CONTENTSIZE_ERROR;
    TRY(out.expect(known ? expected : 4 * input.size()));

    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    if (!context) return fail(ErrorCode::io, "no memory for the zstd decoder");
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, most_window_log);
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    for (bool at_border = false;;) {
        if (at_border && in.pos == in.size) return {};
        auto room = TRY(out.room());
        ZSTD_outBuffer to{room.data(), room.size(), 0};
        auto frame = in.pos;
        auto code = ZSTD_decompressStream(context.get(), &to, &in);
        if (at_border && ZSTD_getErrorCode(code) == ZSTD_error_prefix_unknown)
            return fail(ErrorCode::format,
                        fmt::format("{} bytes follow the end of the zstd stream at byte {}", in.size - frame, frame));
        if (ZSTD_isError(code)) return explain(code, in.pos);
        TRY(out.commit(to.pos));
        out.used(in.pos);
        at_border = code == 0;
        if (!at_border && in.pos == in.size && to.pos < to.size)
            return fail(ErrorCode::format, fmt::format("truncated zstd: ends at byte {} inside a frame", in.pos));
    }
}

}  // namespace pith::archive
