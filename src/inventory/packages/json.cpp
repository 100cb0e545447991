#include "inventory/packages/json.h"

#include <nlohmann/json.hpp>

#include "base/json_check.h"

namespace pith::inventory {

namespace {
constexpr int most_depth = 64;
}

Result<Json> parse_json(std::string_view text) {
    TRY(check_json(text, "it", {.depth = most_depth, .values = text.size(), .keys = {}}));
    return Json::parse(text);
}

std::string text_at(const Json& object, const char* key) {
    if (!object.is_object()) return {};
    auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace pith::inventory
