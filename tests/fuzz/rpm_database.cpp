#include "fuzz/one_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return pith::fuzz::read_one_file("var/lib/rpm/rpmdb.sqlite", data, size);
}
