#include "compose/generate/elf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)pith::compose::read_elf({reinterpret_cast<const std::byte*>(data), size});
    return 0;
}
