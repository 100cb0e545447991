#include "inventory/packages/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace pith::inventory {

namespace {
constexpr int most_depth = 64;
}

Result<Json> parse_json(std::string_view text) {
    bool too_deep = false;
    auto bounded = [&](int depth, Json::parse_event_t, Json&) {
        too_deep |= depth > most_depth;
        return depth <= most_depth;
    };
    try {
        auto json = Json::parse(text, bounded);
        if (too_deep) return fail(ErrorCode::limit, fmt::format("JSON nested deeper than {} levels", most_depth));
        return json;
    } catch (const Json::exception& error) {
        return fail(ErrorCode::format, fmt::format("not JSON: {}", error.what()));
    }
}

std::string text_at(const Json& object, const char* key) {
    if (!object.is_object()) return {};
    auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace pith::inventory
