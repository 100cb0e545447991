#include <cstdint>
#include <cstdlib>

#include "trust/timestamp.h"

using namespace pith::trust;

// A timestamp over "signature": without an authority that is trusted it proves nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto bytes = std::as_bytes(std::span(data, size));
    if (verify_timestamp(bytes, pith::as_bytes("signature"), {})) std::abort();
    return 0;
}
