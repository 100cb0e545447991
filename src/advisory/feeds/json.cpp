#include "advisory/feeds/json.h"

#include <fmt/format.h>

namespace pith::advisory::feeds {

namespace {

constexpr std::uintptr_t page = 4096;  // the smallest there is

}  // namespace

json::parser& thread_parser() {
    thread_local json::parser parser;
    return parser;
}

Error json_error(const simdjson::simdjson_error& error) {
    return {ErrorCode::format, fmt::format("it is not the JSON that it should be: {}", error.what()), {}};
}

bool has_room(const Document& document) {
    auto end = reinterpret_cast<std::uintptr_t>(document.bytes.data()) + document.bytes.size();
    return document.mapped && end % page != 0 && page - end % page >= simdjson::SIMDJSON_PADDING;
}

}  // namespace pith::advisory::feeds
