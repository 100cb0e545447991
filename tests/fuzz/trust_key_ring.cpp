#include <cstdint>
#include <cstdlib>

#include "trust/key_ring.h"

using namespace pith::trust;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto pem = PrivateKey::generate().value().public_key().pem();
    auto ring = parse_key_ring({reinterpret_cast<const char*>(data), size}, "ring.yaml",
                               [](const std::string&) -> pith::Result<std::string> { return pem; });
    if (!ring) return 0;
    if (ring->keys.empty()) std::abort();
    for (const auto& key : ring->keys)
        if (key.valid.from && key.valid.until && !key.valid.contains(*key.valid.from)) std::abort();
    return 0;
}
