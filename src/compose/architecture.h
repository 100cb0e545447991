// Architectures under their two names: Debian's ("arm64", "armhf") and the image specification's platforms
// ("linux/arm64", "linux/arm/v7"; image-index.md, "platform"). Thread-safe.
#pragma once

#include <string>

#include "oci/image.h"

namespace pith::compose {

[[nodiscard]] oci::Platform platform_of(const std::string& architecture);
// A usage error, with those there are, for a platform that Debian does not know.
[[nodiscard]] Result<std::string> architecture_of(const oci::Platform& platform);

}  // namespace pith::compose
