// Image indexes: of several platforms (image-spec, image-index.md), and of the names in a layout.
#include "oci/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "oci/json.h"

namespace pith::oci {

using Json = nlohmann::ordered_json;

namespace {

constexpr const char* name_annotation = "org.opencontainers.image.ref.name";

Json empty_index() { return {{"schemaVersion", 2}, {"mediaType", media_type::index}, {"manifests", Json::array()}}; }

Result<> invalid(std::string_view what) {
    return fail(ErrorCode::format, fmt::format("index.json {}; remove the layout or write to another folder", what));
}

Result<> check(const Json& index) {
    if (!index.is_object()) return invalid("is not an object");
    auto version = index.find("schemaVersion");
    if (version == index.end() || *version != 2) return invalid("does not have schemaVersion 2");
    auto manifests = index.find("manifests");
    if (manifests == index.end() || !manifests->is_array()) return invalid("has no list 'manifests'");
    for (const auto& entry : *manifests) {
        if (!entry.is_object() || !entry.contains("digest") || !entry["digest"].is_string())
            return invalid("has an entry without a digest");
        auto annotations = entry.find("annotations");
        if (annotations != entry.end() && !annotations->is_object())
            return invalid("has annotations that are no object");
    }
    return {};
}

std::string name_of(const Json& entry) {
    auto annotations = entry.find("annotations");
    if (annotations == entry.end()) return {};
    auto name = annotations->find(name_annotation);
    return name != annotations->end() && name->is_string() ? name->get<std::string>() : std::string();
}

bool is_replaced(const Json& entry, const Top& top) {
    if (name_of(entry) != top.name) return false;
    bool artifacts = top.name.empty() && (!top.artifact_type.empty() || entry.contains("artifactType"));
    return !artifacts || entry["digest"] == top.descriptor.digest.text();
}

Json top_json(const Top& top) {
    auto out = descriptor_json(top.descriptor);
    if (!top.artifact_type.empty()) out["artifactType"] = top.artifact_type;
    if (!top.cosign_kind.empty()) out["annotations"][cosign::kind] = top.cosign_kind;
    if (!top.name.empty()) out["annotations"][name_annotation] = top.name;
    if (top.platform) out["platform"] = platform_json(*top.platform);
    return out;
}

}  // namespace

std::string index_json(const std::vector<PlatformManifest>& manifests,
                       const std::map<std::string, std::string>& annotations) {
    Json out = empty_index();
    for (const auto& each : manifests) {
        auto entry = descriptor_json(each.manifest);
        entry["platform"] = platform_json(each.platform);
        out["manifests"].push_back(std::move(entry));
    }
    if (!annotations.empty()) out["annotations"] = annotations;
    return dump_json(out);
}

Result<std::string> layout_index(const std::optional<std::string>& existing, const std::vector<Top>& tops) {
    Json index = existing ? TRY(parse_json(*existing, "index.json", most_index_bytes)) : empty_index();
    TRY(check(index));
    Json kept = Json::array();
    for (auto& entry : index["manifests"])
        if (std::ranges::none_of(tops, [&](const Top& top) { return is_replaced(entry, top); }))
            kept.push_back(std::move(entry));
    for (const auto& top : tops) kept.push_back(top_json(top));
    index["manifests"] = std::move(kept);
    return dump_json(index);
}

}  // namespace pith::oci
