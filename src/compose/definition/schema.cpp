#include "compose/definition/schema.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "compose/definition/sections.h"
#include "compose/definition/signals.h"

namespace pith::compose {

namespace schema {

namespace {

using nlohmann::ordered_json;

// A list or mapping that must be there must also hold something.
std::string not_empty(std::string schema) {
    for (auto [optional, needed] : {std::pair{R"("type":["array","null"])", R"("type":"array","minItems":1)"},
                                    std::pair{R"("type":["object","null"])", R"("type":"object")"}})
        if (auto at = schema.find(optional); at == 1) schema.replace(at, std::string_view(optional).size(), needed);
    return schema;
}

std::string quoted(std::string_view text) { return ordered_json(text).dump(); }

}  // namespace

std::string text() { return R"({"type":["string","number","boolean"],"minLength":1})"; }
std::string texts() { return list_of(text()); }
std::string boolean() { return R"({"type":"boolean"})"; }
std::string id() { return number(0, 0xfffffffe); }
std::string digest() { return pattern("^(sha256:)?[0-9a-fA-F]{64}$"); }
std::string paths() { return list_of(path()); }
std::string command() { return any_of({fmt::format(R"({{"type":"array","items":{}}})", text()), text()}); }

std::string mode() { return any_of({pattern("^0(o0*[0-7]{1,4}|0*[0-7]{0,4})$"), number(0, 07777)}); }

std::string path() { return pattern("^/(?!(.*/)?\\.\\.(/|$))"); }

std::string signal() { return any_of({pattern(signal_pattern()), number(1, most_signal)}); }

std::string text_map() {
    return R"({"type":["object","null"],"propertyNames":{"pattern":"^[^=]+$"},)"
           R"("additionalProperties":{"type":["string","number","boolean","null"]}})";
}

std::string number(std::uint32_t least, std::uint32_t most) {
    return fmt::format(R"({{"type":"integer","minimum":{},"maximum":{}}})", least, most);
}

std::string pattern(std::string_view pattern) {
    return fmt::format(R"({{"type":"string","pattern":{}}})", quoted(pattern));
}

std::string one_of(const std::vector<std::string_view>& values) {
    return fmt::format(R"({{"enum":{}}})", ordered_json(values).dump());
}

std::string list_of(std::string_view item) { return fmt::format(R"({{"type":["array","null"],"items":{}}})", item); }

std::string any_of(const std::vector<std::string>& schemas) {
    return fmt::format(R"({{"anyOf":[{}]}})", join(schemas, ","));
}

std::string mapping(const std::vector<Field>& fields, const std::vector<std::string_view>& required,
                    std::string_view rules) {
    std::vector<std::string> properties;
    for (const auto& field : fields) {
        auto value = field.schema();
        if (std::ranges::count(required, field.key) > 0) value = not_empty(std::move(value));
        if (!field.about.empty()) value = fmt::format(R"({{"description":{},{})", quoted(field.about), value.substr(1));
        properties.push_back(fmt::format("{}:{}", quoted(field.key), value));
    }
    auto out = fmt::format(R"({{"type":{},"properties":{{{}}},"additionalProperties":false)",
                           required.empty() ? R"(["object","null"])" : R"("object")", join(properties, ","));
    if (!required.empty()) out += fmt::format(R"(,"required":{})", ordered_json(required).dump());
    if (!rules.empty()) out += fmt::format(",{}", rules);
    return out + "}";
}

}  // namespace schema

std::string definition_schema() {
    using nlohmann::ordered_json;
    Definition definition;
    auto changes = ordered_json::parse(schema::mapping(document_fields(definition)));
    changes["properties"]["include"] = ordered_json::parse(schema::any_of({schema::text(), schema::texts()}));
    changes["properties"]["include"]["description"] =
        "a file, or a list of files, that this one builds on; relative to the including file";
    ordered_json properties;
    for (const auto& [key, value] : changes["properties"].items())
        properties[key] = {{"$ref", "#/$defs/changes/properties/" + key}};
    properties["variants"] = {{"description", "by name, what a variant changes on top"},
                              {"type", {"object", "null"}},
                              {"additionalProperties", {{"$ref", "#/$defs/changes"}}}};
    ordered_json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                        {"title", "Definition of an image for pith"},
                        {"type", "object"},
                        {"properties", properties},
                        {"additionalProperties", false},
                        {"$defs", {{"changes", changes}}}};
    return out.dump(2) + "\n";
}

}  // namespace pith::compose
