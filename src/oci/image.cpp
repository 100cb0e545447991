// The configuration and the manifest of an image as JSON (image-spec 1.1, config.md and manifest.md).
// The order of the keys is that of the specification's own Go types, so documents look familiar.
#include "oci/image.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "oci/json.h"

namespace pith::oci {

using Json = nlohmann::ordered_json;

namespace {

// What Docker called the same things before OCI (distribution, manifest v2 schema 2).
constexpr std::pair<std::string_view, std::string_view> docker_names[] = {
    {media_type::manifest, "application/vnd.docker.distribution.manifest.v2+json"},
    {media_type::config, "application/vnd.docker.container.image.v1+json"},
    {media_type::layer, "application/vnd.docker.image.rootfs.diff.tar"},
    {media_type::layer_gzip, "application/vnd.docker.image.rootfs.diff.tar.gzip"},
    {media_type::layer_zstd, "application/vnd.docker.image.rootfs.diff.tar.zstd"},
};

std::string named(std::string_view media_type, MediaTypes types) {
    if (types == MediaTypes::docker)
        for (auto [oci, docker] : docker_names)
            if (oci == media_type) return std::string(docker);
    return std::string(media_type);
}

Json named(Descriptor descriptor, MediaTypes types) {
    descriptor.media_type = named(descriptor.media_type, types);
    return descriptor_json(descriptor);
}

template <class T>
void put(Json& object, const char* key, const T& value) {
    if (!value.empty()) object[key] = value;
}

// A set is an object of empty objects here, because that is what Go's JSON makes of map[string]struct{}.
void put_set(Json& object, const char* key, const std::vector<std::string>& values) {
    for (const auto& value : std::set(values.begin(), values.end())) object[key][value] = Json::object();
}

Json execution_json(const ImageConfig& config) {
    Json out = Json::object();
    put(out, "User", config.user);
    put_set(out, "ExposedPorts", config.exposed_ports);
    for (const auto& [name, value] : config.environment) out["Env"].push_back(name + "=" + value);
    put(out, "Entrypoint", config.entrypoint);
    put(out, "Cmd", config.cmd);
    put_set(out, "Volumes", config.volumes);
    put(out, "WorkingDir", config.working_dir);
    put(out, "Labels", config.labels);
    put(out, "StopSignal", config.stop_signal);
    return out;
}

}  // namespace

std::string config_json(const Image& image) {
    Json out = Json::object();
    put(out, "created", image.config.created);
    out.update(platform_json(image.config.platform));
    out["config"] = execution_json(image.config);
    Json diff_ids = Json::array(), history = Json::array();
    for (const auto& layer : image.layers) {
        diff_ids.push_back(layer.diff_id.text());
        Json entry = Json::object();
        put(entry, "created", image.config.created);
        put(entry, "created_by", layer.created_by);
        history.push_back(std::move(entry));
    }
    out["rootfs"] = {{"type", "layers"}, {"diff_ids", std::move(diff_ids)}};
    put(out, "history", history);
    return dump_json(out);
}

std::string manifest_json(const Image& image, const Descriptor& config, MediaTypes types) {
    Json layers = Json::array();
    for (const auto& layer : image.layers) layers.push_back(named(layer.descriptor, types));
    Json out = {{"schemaVersion", 2}, {"mediaType", named(media_type::manifest, types)}};
    out["config"] = named(config, types);
    out["layers"] = std::move(layers);
    if (types == MediaTypes::oci) put(out, "annotations", image.annotations);  // Docker's schema has none
    return dump_json(out);
}

}  // namespace pith::oci
