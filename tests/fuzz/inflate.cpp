#include "archive/inflate.h"

#include <algorithm>
#include <cstdlib>

#include "archive/deflate.h"

using namespace pith;
using namespace pith::archive;

// The bounds hold, and what came out comes back from the compressor.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static ThreadPool pool(1);
    constexpr InflateLimits limits{.most_bytes = 1 * MiB, .most_ratio = 50, .free_bytes = 64 * KiB};
    ByteView input = std::as_bytes(std::span(data, size));
    auto compression = detect_compression(input);
    auto out = inflate(input, compression, limits);
    if (!out) return 0;
    if (out->bytes().size() > std::max<std::uint64_t>(limits.free_bytes, limits.most_ratio * size)) std::abort();
    if (compression == Compression::xz || out->bytes().empty()) return 0;
    auto again = deflate(out->bytes(), {compression, 1}, pool);
    if (!again) std::abort();
    auto back = inflate(*again, compression);
    if (!back || as_text(back->bytes()) != as_text(out->bytes())) std::abort();
    return 0;
}
