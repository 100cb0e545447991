#include "compose/definition/definition.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // No file is read: an include leads below a folder that does not exist.
    (void)pith::compose::parse_definition({reinterpret_cast<const char*>(data), size}, "fuzz.yaml", "/nonexistent/",
                                          {"debug", "bookworm"});
    return 0;
}
