// A .deb within small limits; every path that comes out must be clean, sorted and there once.
#include <cstdlib>

#include "pkg/deb/deb_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pith;
    pkg::deb::DebLimits limits{.most_control = 1 * MiB, .data = {.most_bytes = 1 * MiB}};
    auto deb = pkg::deb::read_deb({reinterpret_cast<const std::byte*>(data), size}, limits);
    if (!deb) {
        if (deb.error().text().empty()) std::abort();
        return 0;
    }
    const std::string* before = nullptr;
    for (const auto& entry : deb->entries) {
        auto clean = archive::clean_path(entry.path);
        if (!clean || *clean != entry.path || (before && *before >= entry.path)) std::abort();
        before = &entry.path;
    }
    return 0;
}
