// Platforms as Go and therefore every container tool spells them: "linux/amd64", "linux/arm/v7"
// (image-spec, image-index.md, "platform"; containerd's platforms package for what is normalised).
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "oci/image.h"
#include "oci/json.h"

namespace pith::oci {

namespace {

struct Known {
    std::string_view name, architecture, variant;
};

// What may be said, and what is meant: Go's names first, then what Debian, the kernel and apko call the same.
constexpr std::array known{
    Known{"amd64", "amd64", ""},       Known{"arm64", "arm64", ""},       Known{"arm/v7", "arm", "v7"},
    Known{"arm/v6", "arm", "v6"},      Known{"arm/v5", "arm", "v5"},      Known{"386", "386", ""},
    Known{"ppc64le", "ppc64le", ""},   Known{"s390x", "s390x", ""},       Known{"riscv64", "riscv64", ""},
    Known{"mips64le", "mips64le", ""}, Known{"loong64", "loong64", ""},   Known{"amd64/v1", "amd64", ""},
    Known{"x86_64", "amd64", ""},      Known{"arm64/v8", "arm64", ""},    Known{"aarch64", "arm64", ""},
    Known{"arm", "arm", "v7"},         Known{"armhf", "arm", "v7"},       Known{"armv7", "arm", "v7"},
    Known{"armel", "arm", "v5"},       Known{"i386", "386", ""},          Known{"x86", "386", ""},
    Known{"ppc64el", "ppc64le", ""},   Known{"mips64el", "mips64le", ""},
};
constexpr std::size_t own_names = 11;  // of `known`: those that a message lists

}  // namespace

std::string Platform::text() const {
    return variant.empty() ? fmt::format("{}/{}", os, architecture)
                           : fmt::format("{}/{}/{}", os, architecture, variant);
}

Result<Platform> Platform::parse(std::string_view text) {
    auto name = text;
    if (auto slash = text.find('/');
        slash != text.npos && !text.starts_with("arm/") && !text.starts_with("arm64/") && !text.starts_with("amd64/")) {
        if (text.substr(0, slash) != "linux")
            return fail(ErrorCode::unsupported,
                        fmt::format("platform '{}': images are built for linux only", printable(text)));
        name.remove_prefix(slash + 1);
    }
    for (const auto& each : known)
        if (each.name == name) return Platform{"linux", std::string(each.architecture), std::string(each.variant)};
    std::vector<std::string> names;
    for (const auto& each : std::span(known).first(own_names)) names.emplace_back(each.name);
    return fail(ErrorCode::usage, fmt::format("unknown platform '{}': it is linux/ARCHITECTURE, where the "
                                              "architecture is one of {}",
                                              printable(text), join(names, ", ")));
}

nlohmann::ordered_json platform_json(const Platform& platform) {
    nlohmann::ordered_json out = {{"architecture", platform.architecture}, {"os", platform.os}};
    if (!platform.variant.empty()) out["variant"] = platform.variant;
    return out;
}

}  // namespace pith::oci
