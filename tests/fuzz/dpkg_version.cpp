// Two versions, a line each: the order must be antisymmetric, and equal to itself.
#include <cstdlib>

#include "base/text.h"
#include "pkg/version/deb.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace deb = pith::pkg::version::deb;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto end = text.find('\n');
    auto a = text.substr(0, end), b = end == std::string_view::npos ? a : text.substr(end + 1);
    int forward = deb::compare(a, b), backward = deb::compare(b, a);
    if ((forward < 0) != (backward > 0) || (forward == 0) != (backward == 0) || deb::compare(a, a) != 0) std::abort();
    if (deb::parse(a) && !deb::matches_prefix(a, a)) std::abort();
    return 0;
}
