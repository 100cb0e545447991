#include <cstdint>
#include <cstdlib>

#include "advisory/peers/agreement.h"

// A report of a scanner, which must agree with itself in all that it finds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto report = pith::advisory::read_report({reinterpret_cast<const char*>(data), size});
    if (!report) return 0;
    std::size_t open = 0;
    for (const auto& finding : report->findings) {
        if (finding.id.empty() || finding.package >= report->packages.size()) std::abort();
        open += finding.hidden.empty();
    }
    auto agreement = pith::advisory::compare(*report, *report, {});
    if (!agreement || agreement->both > open) std::abort();
    return 0;
}
