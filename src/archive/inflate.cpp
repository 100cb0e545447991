// Chooses the decompressor; the bounds are InflateOutput's.
#include "archive/inflate.h"

#include <algorithm>
#include <cstring>

#include "archive/inflate_output.h"

namespace pith::archive {

namespace {

Result<> copy(ByteView input, InflateOutput& out) {
    TRY(out.expect(input.size()));
    for (std::size_t at = 0; at < input.size(); out.used(at)) {
        auto room = TRY(out.room());
        auto part = input.subspan(at, std::min(room.size(), input.size() - at));
        std::memcpy(room.data(), part.data(), part.size());
        TRY(out.commit(part.size()));
        at += part.size();
    }
    return {};
}

Result<> decompress(ByteView input, Compression compression, InflateOutput& out) {
    switch (compression) {
        case Compression::none: return copy(input, out);
        case Compression::xz: return inflate_xz(input, out);
        case Compression::zstd: return inflate_zstd(input, out);
        case Compression::gzip: break;
    }
    TRY(inflate_gzip(input, out, GzipMembers::all));
    return {};
}

}  // namespace

Compression detect_compression(ByteView bytes) {
    using namespace std::string_view_literals;
    auto text = as_text(bytes);
    if (text.starts_with("\x1f\x8b"sv)) return Compression::gzip;
    if (text.starts_with("\xfd\x37zXZ\0"sv)) return Compression::xz;
    if (text.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::zstd;
    return Compression::none;
}

Result<Inflated> inflate(ByteView input, Compression compression, const InflateLimits& limits) {
    InflateOutput out(input, limits);
    TRY(decompress(input, compression, out));
    return std::move(out).finish();
}

Result<> inflate_to(ByteSink& sink, ByteView input, Compression compression, const InflateLimits& limits,
                    InputUsed used) {
    InflateOutput out(input, limits, &sink, std::move(used));
    TRY(decompress(input, compression, out));
    TRY(std::move(out).finish());
    return {};
}

Result<GzipMember> inflate_gzip_member(ByteView input, const InflateLimits& limits) {
    InflateOutput out(input, limits);
    auto consumed = TRY(inflate_gzip(input, out, GzipMembers::first));
    return GzipMember{TRY(std::move(out).finish()), consumed};
}

}  // namespace pith::archive
