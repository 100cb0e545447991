// Compression that gives the same bytes on every machine, whatever the number of threads.
//
// The input is cut into chunks of 256 KiB; each becomes a complete gzip member (RFC 1952, no name, time 0,
// OS 255) or zstd frame, and the output is their concatenation, which every reader of the format accepts as
// one stream. The compressor is linked statically; name, version and level are part of what keys a cache.
//
// The defaults: cut into such chunks, the layers of a python3 image come out 0.3 % smaller with libdeflate 5 than with
// `gzip -6` of each whole; 6 saves half a percent more and takes half as long again. zstd 3 is twice as fast.
#pragma once

#include <string>

#include "archive/inflate.h"
#include "base/thread_pool.h"

namespace pith::archive {

struct Compressor {
    Compression compression = Compression::gzip;  // gzip or zstd, or none
    int level = 0;                                // gzip 1…12, zstd 1…19; 0: the default (gzip 6, zstd 3)

    // "libdeflate 1.14 level 5 chunk 262144": part of every cache key and of the lock.
    [[nodiscard]] std::string identity() const;
};

constexpr std::size_t chunk_size = 256 * KiB;

// Chunks are compressed by the pool; the output does not depend on it. No input gives no output.
// Errors: usage (a level the format does not have), io (memory), unsupported (xz).
[[nodiscard]] Result<Bytes> deflate(ByteView input, const Compressor& compressor, ThreadPool& pool);

}  // namespace pith::archive
