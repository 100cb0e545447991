#include "oci/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/text.h"

namespace pith::oci {

using Json = nlohmann::ordered_json;

Result<Json> parse_json(std::string_view text, std::string_view what, std::uint64_t most) {
    if (text.size() > most) return fail(ErrorCode::limit, fmt::format("{} is larger than {}", what, human_size(most)));
    bool too_deep = false;
    std::string twice;                        // a key that an object has a second time
    std::vector<std::set<std::string>> keys;  // of the objects that are open
    auto bounded = [&](int depth, Json::parse_event_t event, Json& value) {
        too_deep |= depth > most_json_depth;
        if (event == Json::parse_event_t::object_start) keys.emplace_back();
        if (event == Json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
        if (event == Json::parse_event_t::key && !keys.empty() && !keys.back().insert(value.get<std::string>()).second)
            twice = value.get<std::string>();
        return depth <= most_json_depth;
    };
    try {
        auto json = Json::parse(text, bounded);
        if (too_deep)
            return fail(ErrorCode::limit, fmt::format("{} is nested deeper than {} levels", what, most_json_depth));
        if (!twice.empty())
            return fail(ErrorCode::format, fmt::format("{} has the key '{}' twice in one object, which readers take "
                                                       "differently",
                                                       what, printable(twice)));
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
