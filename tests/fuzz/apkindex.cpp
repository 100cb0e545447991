// An index as text, or as the archive a repository serves where the input looks like gzip.
#include <cstdint>
#include <string_view>

#include "archive/inflate.h"
#include "pkg/apk/index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    pith::ByteView input(reinterpret_cast<const std::byte*>(data), size);
    if (pith::archive::detect_compression(input) != pith::archive::Compression::gzip) {
        (void)pith::pkg::apk::parse_index(pith::as_text(input), "fuzz");
        return 0;
    }
    (void)pith::pkg::apk::read_index(input, "fuzz");
    if (auto parts = pith::pkg::apk::split_signatures(input))
        (void)pith::pkg::apk::verify(parts->rest, parts->signatures, {});
    return 0;
}
