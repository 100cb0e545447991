// A file of the fuzzer's bytes at a path, as the readers of packages see it: reduced as a layer passes by, then read.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "inventory/packages/catalog.h"

namespace pith::fuzz {

inline int read_one_file(const char* path, const std::uint8_t* data, std::size_t size) {
    ByteView bytes = std::as_bytes(std::span(data, size));
    if (inventory::packages::most_of(path, as_text(bytes)) == 0) return 0;
    oci::ListedEntry entry;
    entry.path = path;
    entry.size = size;
    entry.content = inventory::packages::reduce(path, bytes);
    auto view = oci::View::of_folder({{std::move(entry)}});
    auto gathered = inventory::packages::gather(view);
    if (!gathered) return 0;
    for (const auto* list : {&gathered->distribution, &gathered->others})
        for (const auto& each : *list)
            if (each.package.name.empty() || each.package.source.empty() || each.package.evidence.empty()) std::abort();
    return 0;
}

}  // namespace pith::fuzz
