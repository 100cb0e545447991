#include "archive/deflate.h"

#define ZSTD_STATIC_LINKING_ONLY  // for ZSTD_c_useRowMatchFinder; the library is linked statically
#include <fmt/format.h>
#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

namespace pith::archive {

namespace {

struct Format {
    std::string_view library, version;
    int default_level, most_level;
    // One chunk → one complete member or frame; empty for no memory.
    Bytes (*compress)(ByteView chunk, int level);
};

Bytes gzip_member(ByteView chunk, int level) {
    std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
        libdeflate_alloc_compressor(level), libdeflate_free_compressor);
    if (!compressor) return {};
    Bytes out(libdeflate_gzip_compress_bound(compressor.get(), chunk.size()));
    out.resize(libdeflate_gzip_compress(compressor.get(), chunk.data(), chunk.size(), out.data(), out.size()));
    return out;
}

Bytes zstd_frame(ByteView chunk, int level) {
    std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
    if (!context) return {};
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
    // Left alone, the match finder depends on what vector instructions the library was compiled for.
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_useRowMatchFinder, ZSTD_ps_enable);
    Bytes out(ZSTD_compressBound(chunk.size()));
    auto size = ZSTD_compress2(context.get(), out.data(), out.size(), chunk.data(), chunk.size());
    out.resize(ZSTD_isError(size) ? 0 : size);
    return out;
}

const Format* format_of(Compression compression) {
    static const Format gzip{"libdeflate", LIBDEFLATE_VERSION_STRING, 5, 12, gzip_member};
    static const Format zstd{"zstd", ZSTD_VERSION_STRING, 3, 19, zstd_frame};
    switch (compression) {
        case Compression::gzip: return &gzip;
        case Compression::zstd: return &zstd;
        default: return nullptr;
    }
}

int level_of(const Compressor& compressor, const Format& format) {
    return compressor.level == 0 ? format.default_level : compressor.level;
}

}  // namespace

std::string Compressor::identity() const {
    const auto* format = format_of(compression);
    if (!format) return "none";
    return fmt::format("{} {} level {} chunk {}", format->library, format->version, level_of(*this, *format),
                       chunk_size);
}

Result<Bytes> deflate(ByteView input, const Compressor& compressor, ThreadPool& pool) {
    if (compressor.compression == Compression::none) return Bytes(input.begin(), input.end());
    const auto* format = format_of(compressor.compression);
    if (!format) return fail(ErrorCode::unsupported, "layers are compressed with gzip or zstd, or not at all");
    int level = level_of(compressor, *format);
    if (level < 1 || level > format->most_level)
        return fail(ErrorCode::usage,
                    fmt::format("compression level {}: {} has 1 to {}", level, format->library, format->most_level));

    auto chunks =
        TRY(pool.map<Bytes>((input.size() + chunk_size - 1) / chunk_size, [&](std::size_t i) -> Result<Bytes> {
            auto rest = input.subspan(i * chunk_size);
            auto out = format->compress(rest.first(std::min<std::size_t>(chunk_size, rest.size())), level);
            if (out.empty()) return fail(ErrorCode::io, "no memory for the compressor");
            out.shrink_to_fit();
            return out;
        }));
    std::size_t total = 0;
    for (const auto& chunk : chunks) total += chunk.size();
    Bytes out;
    out.reserve(total);
    for (auto& chunk : chunks) {
        append(out, chunk);
        chunk = {};
    }
    return out;
}

}  // namespace pith::archive
