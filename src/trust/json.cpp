#include "trust/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/json_check.h"
#include "base/text.h"

namespace pith::trust {

namespace {

constexpr int most_depth = 32;

std::unexpected<Error> wrong(const std::string& path, std::string_view what) {
    return fail(ErrorCode::format, fmt::format("'{}' {}", printable(path), what));
}

Result<Bytes> base64_of(const Json& value, const std::string& path) {
    if (!value.is_string()) return wrong(path, "should be a text of base64");
    auto bytes = from_base64(value.get_ref<const std::string&>());
    if (!bytes) return wrong(path, "is not base64 (the standard alphabet, padded)");
    if (bytes->empty()) return wrong(path, "is empty");
    return std::move(*bytes);
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view what, std::uint64_t most) {
    if (text.size() > most) return fail(ErrorCode::limit, fmt::format("{} is larger than {}", what, human_size(most)));
    TRY(check_json(text, what, {.depth = most_depth}));
    return Json::parse(text);
}

std::string dump_json(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Result<JsonObject> JsonObject::of(const Json& json, std::string path) {
    if (!json.is_object()) return wrong(path, "should be an object");
    return JsonObject(&json, std::move(path));
}

std::string JsonObject::path_of(std::string_view key) const { return fmt::format("{}.{}", m_path, key); }

const Json* JsonObject::value(std::string_view key) const {
    auto found = m_json->find(std::string(key));
    return found == m_json->end() || found->is_null() ? nullptr : &*found;
}

bool JsonObject::has(std::string_view key) const { return value(key) != nullptr; }

Result<> JsonObject::only(std::initializer_list<std::string_view> keys) const {
    for (const auto& [key, value] : m_json->items())
        if (std::ranges::find(keys, key) == keys.end()) return wrong(path_of(key), "is not a field that pith knows");
    return {};
}

Result<const Json*> JsonObject::required(std::string_view key) const {
    const auto* found = value(key);
    if (!found) return wrong(path_of(key), "is missing");
    return found;
}

Result<std::string> JsonObject::text(std::string_view key) const {
    const auto* found = TRY(required(key));
    if (!found->is_string()) return wrong(path_of(key), "should be a text");
    return found->get_ref<const std::string&>();
}

Result<Bytes> JsonObject::base64(std::string_view key) const { return base64_of(*TRY(required(key)), path_of(key)); }

Result<std::uint64_t> JsonObject::number(std::string_view key) const {
    const auto* found = value(key);
    if (!found) return 0;
    std::optional<std::uint64_t> number;
    if (found->is_number_unsigned()) number = found->get<std::uint64_t>();
    if (found->is_string()) {
        const auto& digits = found->get_ref<const std::string&>();
        if (digits == "0" || !digits.starts_with('0')) number = parse_number(digits);
    }
    if (!number || *number > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
        return wrong(path_of(key), "should be a whole number from 0 to 2^63 - 1");
    return *number;
}

Result<Time> JsonObject::time(std::string_view key) const {
    constexpr std::uint64_t end_of_time = 253'402'300'800;  // the year 10000
    auto seconds = TRY(number(key));
    if (seconds >= end_of_time) return wrong(path_of(key), "is after the year 9999");
    return Time(std::chrono::seconds(seconds));
}

Result<JsonObject> JsonObject::object(std::string_view key) const { return of(*TRY(required(key)), path_of(key)); }

Result<const Json*> JsonObject::list(std::string_view key, std::size_t most) const {
    static const Json none = Json::array();
    const auto* found = value(key);
    if (!found) return &none;
    if (!found->is_array()) return wrong(path_of(key), "should be a list");
    if (found->size() > most)
        return fail(ErrorCode::limit,
                    fmt::format("'{}' has {} entries, more than {}", path_of(key), found->size(), most));
    return found;
}

Result<std::vector<JsonObject>> JsonObject::objects(std::string_view key, std::size_t most) const {
    std::vector<JsonObject> out;
    for (const auto& each : *TRY(list(key, most)))
        out.push_back(TRY(of(each, fmt::format("{}[{}]", path_of(key), out.size()))));
    return out;
}

Result<std::vector<Bytes>> JsonObject::base64_list(std::string_view key, std::size_t most) const {
    std::vector<Bytes> out;
    for (const auto& each : *TRY(list(key, most)))
        out.push_back(TRY(base64_of(each, fmt::format("{}[{}]", path_of(key), out.size()))));
    return out;
}

Result<std::vector<std::pair<std::string, std::string>>> JsonObject::texts(std::string_view key,
                                                                           std::size_t most) const {
    const auto* found = value(key);
    if (!found) return std::vector<std::pair<std::string, std::string>>();
    if (!found->is_object()) return wrong(path_of(key), "should be an object");
    if (found->size() > most)
        return fail(ErrorCode::limit,
                    fmt::format("'{}' has {} entries, more than {}", path_of(key), found->size(), most));
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [name, each] : found->items()) {
        if (!each.is_string()) return wrong(path_of(key) + "." + name, "should be a text");
        out.emplace_back(name, each.get<std::string>());
    }
    return out;
}

}  // namespace pith::trust
