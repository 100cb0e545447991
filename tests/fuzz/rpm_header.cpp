#include "inventory/packages/rpm_header.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto read = pith::inventory::packages::read_rpm_header(std::as_bytes(std::span(data, size)));
    if (!read) return 0;
    if (read->package.name.empty() || read->package.source.empty()) std::abort();
    for (const auto& path : read->paths)
        if (path.empty() || path.starts_with('/')) std::abort();
    return 0;
}
