#include "compose/lock/json_fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "base/json_check.h"
#include "base/text.h"

namespace pith::compose {

using Json = nlohmann::ordered_json;

namespace {

std::string escape(std::string_view key) {
    std::string out;
    for (char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

}  // namespace

JsonValue JsonValue::child(const std::string& key, const Json& value) const {
    return {&value, pointer + "/" + escape(key), file};
}

std::unexpected<Error> fail_at(const JsonValue& value, std::string_view message) {
    return fail(ErrorCode::format,
                fmt::format("{}: {}: {}", value.file, value.pointer.empty() ? "the document" : printable(value.pointer),
                            message));
}

Result<Json> parse_json(std::string_view text, std::string_view file, int most_depth) {
    TRY(check_json(text, file, {.depth = most_depth}));
    return Json::parse(text);
}

Result<> read_object(const JsonValue& value, const std::vector<JsonField>& fields) {
    if (!value.json->is_object()) return fail_at(value, "an object is expected");
    for (const auto& [key, unused] : value.json->items()) {
        bool known = std::ranges::any_of(fields, [&](const JsonField& field) { return field.key == key; });
        if (known) continue;
        std::vector<std::string> names;
        for (const auto& field : fields) names.emplace_back(field.key);
        return fail_at(value, fmt::format("unknown field '{}'; known: {}", printable(key), join(names, ", ")));
    }
    for (const auto& field : fields) {
        std::string key(field.key);
        auto found = value.json->find(key);
        if (found == value.json->end()) return fail_at(value, fmt::format("the field '{}' is missing", key));
        TRY(field.read(value.child(key, *found)));
    }
    return {};
}

Result<> read_members(const JsonValue& value,
                      const std::function<Result<>(const std::string&, const JsonValue&)>& read) {
    if (!value.json->is_object()) return fail_at(value, "an object is expected");
    for (const auto& [key, member] : value.json->items()) TRY(read(key, value.child(key, member)));
    return {};
}

Result<> read_items(const JsonValue& value, std::size_t most, const ReadJson& read) {
    if (!value.json->is_array()) return fail_at(value, "a list is expected");
    if (value.json->size() > most) return fail_at(value, fmt::format("a list of more than {} items", most));
    for (std::size_t i = 0; i < value.json->size(); ++i) TRY(read(value.child(fmt::format("{}", i), (*value.json)[i])));
    return {};
}

Result<std::string> read_string(const JsonValue& value) {
    if (!value.json->is_string()) return fail_at(value, "a text is expected");
    auto text = value.json->get<std::string>();
    if (std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }))
        return fail_at(value, "a control character in a text");
    return text;
}

Result<std::uint64_t> read_number(const JsonValue& value, std::uint64_t most) {
    if (!value.json->is_number_unsigned() || value.json->get<std::uint64_t>() > most)
        return fail_at(value, fmt::format("a whole number up to {} is expected", most));
    return value.json->get<std::uint64_t>();
}

Result<Digest> read_digest(const JsonValue& value) {
    auto text = TRY(read_string(value));
    auto digest = Digest::parse(text);
    if (!digest || digest->text() != text)
        return fail_at(value,
                       fmt::format("'{}' is not a digest: sha256: and 64 digits of 0-9a-f", printable(text, 80)));
    return *digest;
}

JsonField string_field(std::string_view key, std::string& into) {
    return {key, [&into](const JsonValue& value) -> Result<> {
                into = TRY(read_string(value));
                return {};
            }};
}

JsonField digest_field(std::string_view key, Digest& into) {
    return {key, [&into](const JsonValue& value) -> Result<> {
                into = TRY(read_digest(value));
                return {};
            }};
}

}  // namespace pith::compose
