#include "compose/generate/ld_so_conf.h"

// The input is both the configuration and a file that it may include.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    (void)pith::compose::read_ld_so_conf({{"/etc/ld.so.conf", text}, {"/etc/ld.so.conf.d/a.conf", text}});
    return 0;
}
