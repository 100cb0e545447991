#include <cstdint>
#include <cstdlib>

#include "trust/log/checkpoint.h"

using namespace pith::trust;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto key = PrivateKey::generate().value().public_key();
    auto checkpoint = read_checkpoint({reinterpret_cast<const char*>(data), size});
    if (!checkpoint) return 0;
    if (checkpoint->origin.empty() || checkpoint->root_hash.size() != 32) std::abort();
    if (verify_checkpoint(*checkpoint, {"log", pith::Bytes(32), pith::Bytes(4), key, {}})) std::abort();
    return 0;
}
