#include <cstdint>

#include "advisory/codec.h"

// A row of a hostile database.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view blob(reinterpret_cast<const char*>(data), size);
    pith::advisory::ClaimReader reader(blob);
    pith::advisory::Claim claim;
    while (!reader.at_end() && reader.next(claim)) {
    }
    (void)pith::advisory::decode_fact(blob);
    return 0;
}
