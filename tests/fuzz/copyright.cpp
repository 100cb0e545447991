#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "inventory/copyright.h"

// There is always an expression, and each reference in it has its text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto copyright = pith::inventory::read_copyright(text, "source");
    if (copyright.expression.empty()) std::abort();
    for (const auto& each : copyright.texts)
        if (!copyright.expression.contains(each.id)) std::abort();
    return 0;
}
