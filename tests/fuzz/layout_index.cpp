#include "oci/index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    std::vector<pith::oci::Top> tops(1);
    tops[0].name = "x";
    auto once = pith::oci::layout_index(text, tops);
    if (!once) return 0;
    // What was written can be read again, and nothing is added twice.
    auto twice = pith::oci::layout_index(*once, tops);
    if (!twice || *twice != *once) __builtin_trap();
    return 0;
}
