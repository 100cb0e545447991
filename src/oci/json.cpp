#include "oci/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace pith::oci {

using Json = nlohmann::ordered_json;

Result<Json> parse_json(std::string_view text, std::string_view what, std::uint64_t most) {
    if (text.size() > most) return fail(ErrorCode::limit, fmt::format("{} is larger than {}", what, human_size(most)));
    bool too_deep = false;
    auto bounded = [&](int depth, Json::parse_event_t, Json&) {
        too_deep |= depth > most_json_depth;
        return depth <= most_json_depth;
    };
    try {
        auto json = Json::parse(text, bounded);
        if (too_deep)
            return fail(ErrorCode::limit, fmt::format("{} is nested deeper than {} levels", what, most_json_depth));
        return json;
    } catch (const Json::exception& error) {
        return fail(ErrorCode::format, fmt::format("{} is not JSON: {}", what, error.what()));
    }
}

Json descriptor_json(const Descriptor& descriptor) {
    return {{"mediaType", descriptor.media_type}, {"digest", descriptor.digest.text()}, {"size", descriptor.size}};
}

std::string dump_json(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace pith::oci
