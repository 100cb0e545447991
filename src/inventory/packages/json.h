// Hostile JSON in package facts. Only .cpp files include it. Limits: 64 levels. Errors: format, limit.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pith::inventory {

using Json = nlohmann::json;  // which finds a key without looking through all

[[nodiscard]] Result<Json> parse_json(std::string_view text);
// A string member; empty where it is missing or something else.
[[nodiscard]] std::string text_at(const Json& object, const char* key);

}  // namespace pith::inventory
