// JSON feeds, read by simdjson on demand: what a reader does not ask for is skipped, not built. Only .cpp files of
// feeds/ include it. Limits: 4 GiB a document (simdjson's), 64 levels of what is asked for.
//
// simdjson reports by exceptions inside `read`, which end in read_json(). Thread-safe: each thread has a parser.
#pragma once

#include <simdjson.h>

#include "advisory/feeds/readers.h"
#include "base/result.h"

namespace pith::advisory::feeds {

namespace json = simdjson::ondemand;

[[nodiscard]] json::parser& thread_parser();
[[nodiscard]] Error json_error(const simdjson::simdjson_error& error);
// simdjson reads some bytes behind the text: a mapped file has them where its last page has room enough.
[[nodiscard]] bool has_room(const Document& document);

template <class Read>
[[nodiscard]] Result<> read_json(const Document& document, Read read) {
    try {
        auto text = as_text(document.bytes);
        if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        bool in_place = has_room(document);
        auto copy = in_place ? simdjson::padded_string() : simdjson::padded_string(text);
        auto view =
            in_place ? simdjson::padded_string_view(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING)
                     : simdjson::padded_string_view(copy);
        json::document parsed = thread_parser().iterate(view);
        TRY(read(parsed));
        if (const char* rest = nullptr; parsed.current_location().get(rest) == simdjson::SUCCESS)
            return fail(ErrorCode::format, "something follows the end of the JSON document");
        return {};
    } catch (const simdjson::simdjson_error& error) {
        return std::unexpected(json_error(error));
    }
}

// A member's name as it is written, escapes and all: for names that are compared with ours. It takes nothing of the
// parser's memory for texts, however often it is asked for.
template <class Field>
[[nodiscard]] std::string_view raw_key(Field& field) {
    json::raw_json_string key = field.key();
    const char* begin = key.raw();
    const char* end = begin;
    while (*end != '"') end += *end == '\\' ? 2 : 1;
    return {begin, static_cast<std::size_t>(end - begin)};
}

// A text; empty where the value is something else.
[[nodiscard]] inline std::string_view text_of(json::value value) {
    std::string_view out;
    return value.get_string().get(out) == simdjson::SUCCESS ? out : std::string_view();
}

}  // namespace pith::advisory::feeds
