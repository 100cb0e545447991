#include "base/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)pith::yaml::parse({reinterpret_cast<const char*>(data), size}, "fuzz");
    return 0;
}
