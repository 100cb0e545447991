// The parts of JSON that several documents share, writing and reading. Only .cpp files include it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "oci/image.h"

namespace pith::oci {

constexpr int most_json_depth = 32;

// A document of at most `most` bytes and 32 levels, within the other limits of base/json_check.h. Depth is bounded
// because writing a tree out again recurses. Errors name the document as `what`: limit, or format.
[[nodiscard]] Result<nlohmann::ordered_json> parse_json(std::string_view text, std::string_view what,
                                                        std::uint64_t most);

[[nodiscard]] nlohmann::ordered_json descriptor_json(const Descriptor& descriptor);
[[nodiscard]] nlohmann::ordered_json platform_json(const Platform& platform);
// No white space, keys as they were added, U+FFFD for what is not UTF-8. The tree must not be deep (see index.cpp).
[[nodiscard]] std::string dump_json(const nlohmann::ordered_json& json);

}  // namespace pith::oci
