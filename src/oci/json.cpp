#include "oci/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json_check.h"
#include "base/text.h"

namespace pith::oci {

using Json = nlohmann::ordered_json;

Result<Json> parse_json(std::string_view text, std::string_view what, std::uint64_t most) {
    if (text.size() > most) return fail(ErrorCode::limit, fmt::format("{} is larger than {}", what, human_size(most)));
    TRY(check_json(text, what, {.depth = most_json_depth}));
    return Json::parse(text);
}

Json descriptor_json(const Descriptor& descriptor) {
    return {{"mediaType", descriptor.media_type}, {"digest", descriptor.digest.text()}, {"size", descriptor.size}};
}

std::string dump_json(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace pith::oci
