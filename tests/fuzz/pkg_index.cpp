#include "pkg/universe.h"

// A hostile index: opened, every package decoded, every lookup asked.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto bytes = std::as_bytes(std::span(data, size));
    auto index = pith::pkg::Index::open(bytes, nullptr);
    if (!index) return 0;
    for (std::uint32_t i = 0; i < index->size(); ++i) {
        auto package = index->package(i);
        if (package) (void)index->providing(package->name);
    }
    for (const auto& name : index->names()) (void)index->named(name);
    return 0;
}
