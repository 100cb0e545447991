// The parts of JSON that several documents share. Only .cpp files include it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "oci/image.h"

namespace pith::oci {

[[nodiscard]] nlohmann::ordered_json descriptor_json(const Descriptor& descriptor);
[[nodiscard]] nlohmann::ordered_json platform_json(const Platform& platform);
// No white space, keys as they were added, U+FFFD for what is not UTF-8. The tree must not be deep (see index.cpp).
[[nodiscard]] std::string dump_json(const nlohmann::ordered_json& json);

}  // namespace pith::oci
