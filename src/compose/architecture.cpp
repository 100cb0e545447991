#include "compose/architecture.h"

#include <fmt/format.h>

#include "base/text.h"

namespace pith::compose {

namespace {

struct Row {
    const char *debian, *oci, *variant;
};
constexpr Row table[] = {{"amd64", "amd64", ""},     {"arm64", "arm64", ""}, {"i386", "386", ""},
                         {"armhf", "arm", "v7"},     {"armel", "arm", "v5"}, {"ppc64el", "ppc64le", ""},
                         {"riscv64", "riscv64", ""}, {"s390x", "s390x", ""}};

}  // namespace

oci::Platform platform_of(const std::string& architecture) {
    for (const auto& row : table)
        if (architecture == row.debian) return {"linux", row.oci, row.variant};
    return {"linux", architecture, ""};
}

Result<std::string> architecture_of(const oci::Platform& platform) {
    std::vector<std::string> known;
    for (const auto& row : table) {
        oci::Platform candidate{"linux", row.oci, row.variant};
        if (candidate == platform) return std::string(row.debian);
        known.push_back(candidate.text());
    }
    return fail(ErrorCode::usage,
                fmt::format("unknown platform '{}'; there are {}", printable(platform.text()), join(known, ", ")));
}

}  // namespace pith::compose
