#include "fuzz/one_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return pith::fuzz::read_one_file("a/node_modules/.package-lock.json", data, size);
}
