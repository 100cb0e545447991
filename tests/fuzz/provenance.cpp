#include "provenance/provenance.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto read = pith::provenance::from_slsa({reinterpret_cast<const char*>(data), size});
    if (!read) return 0;
    // What is accepted can be written, and is then read as the same.
    auto text = pith::provenance::to_slsa(*read);
    auto again = pith::provenance::from_slsa(text);
    if (!again || pith::provenance::to_slsa(*again) != text) std::abort();
    return 0;
}
