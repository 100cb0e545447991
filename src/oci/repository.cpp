#include "oci/repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "oci/json.h"
#include "oci/layout_repository.h"
#include "oci/registry/registries.h"

namespace pith::oci {

using Json = nlohmann::ordered_json;

namespace {

Json referrer_json(const Referrer& referrer) {
    auto out = descriptor_json(referrer.descriptor);
    if (!referrer.artifact_type.empty()) out["artifactType"] = referrer.artifact_type;
    if (!referrer.annotations.empty()) out["annotations"] = referrer.annotations;
    return out;
}

std::string digest_in(const Json& entry) {
    auto digest = entry.is_object() ? entry.find("digest") : entry.end();
    return entry.is_object() && digest != entry.end() && digest->is_string() ? digest->get<std::string>() : "";
}

}  // namespace

std::string referrers_tag(const Digest& subject) { return "sha256-" + subject.hex(); }

Result<std::string> referrers_index(const std::optional<std::string>& existing, const Referrer& added) {
    Json index = {{"schemaVersion", 2}, {"mediaType", media_type::index}, {"manifests", Json::array()}};
    if (existing) {
        index = TRY(parse_json(*existing, "the index of referrers", most_document_bytes));
        if (!index.is_object() || !index.contains("manifests") || !index["manifests"].is_array())
            return fail(ErrorCode::format, "what stands in place of an index of referrers is none");
    }
    auto& manifests = index["manifests"];
    Json kept = Json::array();
    for (auto& entry : manifests)
        if (digest_in(entry) != added.descriptor.digest.text()) kept.push_back(std::move(entry));
    kept.push_back(referrer_json(added));
    std::stable_sort(kept.begin(), kept.end(),
                     [](const Json& a, const Json& b) { return digest_in(a) < digest_in(b); });
    manifests = std::move(kept);
    return dump_json(index);
}

std::string artifact_manifest(const Descriptor& layer, const Annotations& annotations_of_layer) {
    auto described = descriptor_json(layer);
    if (!annotations_of_layer.empty()) described["annotations"] = annotations_of_layer;
    return dump_json(
        {{"schemaVersion", 2},
         {"mediaType", media_type::manifest},
         {"artifactType", layer.media_type},
         {"config", descriptor_json({std::string(empty_config_type), sha256(empty_config), empty_config.size()})},
         {"layers", nlohmann::ordered_json::array({std::move(described)})}});
}

std::optional<Referrer> referrer_of(const Document& document, const ManifestFacts& facts) {
    if (!facts.subject) return std::nullopt;
    return Referrer{document.descriptor, facts.artifact_type, facts.annotations};
}

Result<std::unique_ptr<Repository>> open_repository(const Destination& place, Access access,
                                                    registry::Registries& registries) {
    if (place.kind == Destination::Kind::oci_layout) return LayoutRepository::open(place.path);
    if (place.kind != Destination::Kind::registry)
        return fail(ErrorCode::usage, fmt::format("'{}' holds no artifacts beside an image: name docker://… or oci:…, "
                                                  "perhaps after `pith copy`",
                                                  place.text()));
    auto reference = TRY(registry::Reference::parse(place.reference));
    return registry::Client::open(reference, registries.settings(), registries.cache(), access);
}

Result<Document> resolve(Repository& repository, const Destination& place) {
    if (place.kind == Destination::Kind::registry)
        return repository.manifest(TRY(registry::Reference::parse(place.reference)).wanted());
    return repository.manifest(place.reference);
}

}  // namespace pith::oci
