// Decompression, whole and bounded: a member of a package or a layer becomes plain bytes.
// gzip (RFC 1952, concatenated members), xz (the .xz file format 1.1.0, concatenated streams), zstd (RFC 8878,
// concatenated frames), or none. Backed by ISA-L, liblzma and libzstd. Thread-safe.
#pragma once

#include <cstdlib>
#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"

namespace pith::archive {

enum class Compression { none, gzip, xz, zstd };

// By magic bytes; `none` for anything else.
[[nodiscard]] Compression detect_compression(ByteView bytes);

struct InflateLimits {
    std::uint64_t most_bytes = 4 * GiB;   // of output
    std::uint64_t most_ratio = 250;       // output to input, beyond
    std::uint64_t free_bytes = 64 * MiB;  // … this much output, which any input may give
};

// The output of inflate(): in memory up to 64 MiB, else in an unlinked temporary file (in $TMPDIR, or /tmp)
// that is mapped, so that a large package does not cost its size in memory that cannot be reclaimed.
class Inflated {
public:
    Inflated() = default;
    [[nodiscard]] ByteView bytes() const { return m_memory ? ByteView(m_memory.get(), m_size) : m_file.bytes(); }

private:
    friend class InflateOutput;
    struct Free {
        void operator()(std::byte* memory) const { std::free(memory); }
    };
    // From malloc, for realloc grows a large block without copying it.
    std::unique_ptr<std::byte[], Free> m_memory;
    std::size_t m_size = 0;
    MappedFile m_file;
};

// Errors: format (with the byte of the input), limit (names the bound; also windows over 128 MiB in zstd and
// decoders of xz over 256 MiB), io (the temporary file). Trailing garbage is a format error, and so is input
// that ends early, an empty one included.
[[nodiscard]] Result<Inflated> inflate(ByteView input, Compression compression, const InflateLimits& limits = {});

// Takes bytes as they come, in pieces of any size. An error ends the work and is passed on.
class ByteSink {
public:
    virtual ~ByteSink() = default;
    [[nodiscard]] virtual Result<> write(ByteView bytes) = 0;
};

// Told of the input as it is used up: in order, without gaps, about 1 MiB at a time. So a mapped file can be hashed
// while its pages are at hand, and they can be given back.
using InputUsed = std::function<void(ByteView part)>;

// The same as inflate(), without holding the output: the sink sees all of it, in order. Memory: 256 KiB, and
// what the format's window takes. After an error `used` has not seen the rest of the input.
[[nodiscard]] Result<> inflate_to(ByteSink& sink, ByteView input, Compression compression,
                                  const InflateLimits& limits = {}, InputUsed used = {});

// The first gzip member alone, for formats in which a member's border means something (signed apk files).
// What follows it is not looked at. Errors as above.
struct GzipMember {
    Inflated inflated;
    std::size_t consumed = 0;  // bytes of the input that are the member
};
[[nodiscard]] Result<GzipMember> inflate_gzip_member(ByteView input, const InflateLimits& limits = {});

}  // namespace pith::archive
