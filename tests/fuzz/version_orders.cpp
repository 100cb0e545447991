// Two versions, a line each: every order gives an answer, and the opposite one the other way round.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pkg/version/number.h"
#include "pkg/version/orders.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pith::pkg::version;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    auto a = take_part(rest, "\n"), b = rest;
    for (auto* compare : {compare_rpm, compare_semver, compare_pub, compare_nuget, compare_pypi, compare_maven,
                          compare_rubygems, compare_packagist, compare_numbered})
        if (compare(a, a) != 0 || sign(compare(a, b)) != -sign(compare(b, a))) std::abort();
    return 0;
}
