#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "inventory/packages/dpkg.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto installed = pith::inventory::packages::read_status(text, "status");
    if (!installed) return 0;
    for (const auto& each : *installed) {
        if (each.package.name.empty() || each.package.source.empty() || each.package.source_version.empty())
            std::abort();
        for (const auto& path : each.paths)
            if (path.empty() || path.starts_with('/')) std::abort();
    }
    return 0;
}
