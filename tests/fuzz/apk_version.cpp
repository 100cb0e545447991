// Two versions, separated by a line feed: their order must not depend on which is asked about first.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pkg/version/apk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace apk = pith::pkg::version::apk;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto middle = text.find('\n');
    if (middle == std::string_view::npos) return 0;
    auto a = text.substr(0, middle), b = text.substr(middle + 1);
    if (apk::compare(a, b) != -apk::compare(b, a)) std::abort();
    if (apk::compare(a, a) != 0 || !apk::matches_prefix(a, a)) std::abort();
    (void)apk::is_valid(a);
    (void)apk::matches_prefix(a, b);
    return 0;
}
