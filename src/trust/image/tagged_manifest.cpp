#include "trust/image/tagged_manifest.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "trust/json.h"

namespace pith::trust {

namespace {

constexpr std::size_t most_layers = 1'024, most_annotations = 64;

Result<TaggedLayer> read_layer(const JsonObject& object) {
    TaggedLayer out;
    out.descriptor.media_type = TRY(object.text("mediaType"));
    out.descriptor.digest = TRY(oci::read_digest(TRY(object.text("digest"))));
    out.descriptor.size = TRY(object.number("size"));
    if (object.has("annotations"))
        for (auto& [name, text] : TRY(object.texts("annotations", most_annotations)))
            out.annotations.emplace(std::move(name), std::move(text));
    return out;
}

Json layer_json(const TaggedLayer& layer) {
    Json out = {{"mediaType", layer.descriptor.media_type},
                {"size", layer.descriptor.size},
                {"digest", layer.descriptor.digest.text()}};
    if (!layer.annotations.empty()) out["annotations"] = layer.annotations;
    return out;
}

// The configuration of an image without files, whose layers are these: readers of images want one.
std::string config_of(const std::vector<TaggedLayer>& layers) {
    Json diff_ids = Json::array();
    for (const auto& layer : layers) diff_ids.push_back(layer.descriptor.digest.text());
    return dump_json({{"architecture", ""},
                      {"created", "0001-01-01T00:00:00Z"},
                      {"history", {{{"created", "0001-01-01T00:00:00Z"}}}},
                      {"os", ""},
                      {"rootfs", {{"type", "layers"}, {"diff_ids", std::move(diff_ids)}}},
                      {"config", Json::object()}});
}

}  // namespace

std::string TaggedLayer::annotation(std::string_view name) const {
    auto found = annotations.find(std::string(name));
    return found == annotations.end() ? std::string() : found->second;
}

Result<std::optional<TaggedManifest>> find_tagged(oci::Repository& repository, const std::string& tag) {
    auto document = repository.manifest(tag);
    if (!document && document.error().code == ErrorCode::not_found) return std::nullopt;
    if (!document) return std::unexpected(std::move(document).error());
    auto json = TRY(parse_json(document->bytes, "the manifest of the tag " + tag, 4 * MiB));
    auto object = TRY(JsonObject::of(json, "manifest"));
    TaggedManifest out;
    for (const auto& layer : TRY(object.objects("layers", most_layers))) out.layers.push_back(TRY(read_layer(layer)));
    return out;
}

Result<oci::Descriptor> append_tagged(oci::Repository& repository, const std::string& tag, TaggedLayer layer) {
    auto manifest = TRY(find_tagged(repository, tag)).value_or(TaggedManifest{});
    if (manifest.layers.size() == most_layers)
        return fail(ErrorCode::limit, fmt::format("the tag {} has {} layers already", tag, most_layers));
    manifest.layers.push_back(std::move(layer));
    auto config = TRY(repository.push_blob(config_of(manifest.layers), oci::media_type::config));
    Json layers = Json::array();
    for (const auto& each : manifest.layers) layers.push_back(layer_json(each));
    auto text = dump_json(
        {{"schemaVersion", 2},
         {"mediaType", oci::media_type::manifest},
         {"config", {{"mediaType", config.media_type}, {"size", config.size}, {"digest", config.digest.text()}}},
         {"layers", std::move(layers)}});
    return repository.push_manifest(text, tag);
}

}  // namespace pith::trust
