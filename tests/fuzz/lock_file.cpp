#include "compose/lock/lock_file.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto file = pith::compose::parse_lock_file({reinterpret_cast<const char*>(data), size}, "fuzz.lock.json");
    if (!file) return 0;
    // What is accepted can be written, and is then read as the same.
    auto text = pith::compose::to_json(*file);
    auto again = pith::compose::parse_lock_file(text, "written.lock.json");
    if (!again || pith::compose::to_json(*again) != text) std::abort();
    return 0;
}
