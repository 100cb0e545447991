// Decompression, whole and bounded: a member of a package or a layer becomes plain bytes.
// gzip (RFC 1952, concatenated members), xz (.xz and .lzma's container as dpkg writes it), zstd (RFC 8878,
// concatenated frames), or none. Backed by ISA-L, liblzma and libzstd. Thread-safe.
#pragma once

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"

namespace pith::archive {

enum class Compression { none, gzip, xz, zstd };

// By magic bytes; `none` for anything else.
[[nodiscard]] Compression detect_compression(ByteView bytes);

struct InflateLimits {
    std::uint64_t most_bytes = 4 * GiB;        // of output
    std::uint64_t most_ratio = 250;            // output to input, beyond
    std::uint64_t free_bytes = 64 * MiB;       // … this much output, which any input may give
};

// The output of inflate(): in memory while small, else in an unlinked temporary file that is mapped, so
// that a large package does not cost its size in memory that cannot be reclaimed.
class Inflated {
public:
    [[nodiscard]] ByteView bytes() const;
    // (construction is inflate()'s own)
    Inflated() = default;
    explicit Inflated(Bytes memory) : m_memory(std::move(memory)) {}
    explicit Inflated(MappedFile file) : m_file(std::move(file)), m_mapped(true) {}

private:
    Bytes m_memory;
    MappedFile m_file;
    bool m_mapped = false;
};

// Errors: format (with the byte of the input), limit (names the bound). Trailing garbage is a format error.
[[nodiscard]] Result<Inflated> inflate(ByteView input, Compression compression, const InflateLimits& limits = {});

}  // namespace pith::archive
