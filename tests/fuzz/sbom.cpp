#include <cstdint>
#include <cstdlib>

#include "inventory/purl.h"
#include "inventory/read_sbom.h"

// A document, and a package URL, which must not lose its name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto read = pith::inventory::read_sbom(text))
        for (const auto& package : read->packages)
            if (package.purl.empty()) std::abort();
    if (auto purl = pith::inventory::parse_purl(text)) (void)pith::inventory::package_of(*purl);
    return 0;
}
