#include "oci/archives.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "oci/json.h"
#include "oci/layout.h"
#include "oci/tar_file.h"

namespace pith::oci {

namespace {

constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.diff.tar";
constexpr std::string_view docker_layer_gzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

// What a layer's blob is called in a docker-archive; its digest is its name, so equal layers are stored once.
Result<std::string> layer_name(const Blob& layer) {
    const auto& type = layer.descriptor.media_type;
    auto hex = layer.descriptor.digest.hex();
    if (type == media_type::layer_gzip || type == docker_layer_gzip) return hex + ".tar.gz";
    if (type == media_type::layer || type == docker_layer) return hex + ".tar";
    return fail(ErrorCode::unsupported,
                fmt::format("{} is of type {}, which a docker-archive cannot hold for every Docker: build with gzip, "
                            "or write an oci-archive",
                            layer.what, type));
}

}  // namespace

Result<> write_oci_archive(const BlobSet& set, const std::filesystem::path& file, std::string_view name,
                           Progress& progress) {
    auto index = TRY(layout_index(std::nullopt, set.tops(name)));
    auto tar = TRY(TarFile::create(file));
    TRY(tar.add_folder("blobs"));
    TRY(tar.add_folder("blobs/sha256"));
    for (const auto& blob : set.blobs) {
        TRY(tar.add_blob("blobs/sha256/" + blob.descriptor.digest.hex(), blob));
        progress.advance(blob.descriptor.size);
    }
    TRY(tar.add_text("index.json", index));
    TRY(tar.add_text("oci-layout", layout_mark()));
    return tar.finish();
}

// Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format". Its older file
// `repositories` is not needed since Docker 1.10.
Result<> write_docker_archive(const Blob& config, const std::vector<Blob>& layers, const std::filesystem::path& file,
                              std::string_view name, Progress& progress) {
    auto config_name = config.descriptor.digest.hex() + ".json";
    std::map<std::string, const Blob*> files = {{config_name, &config}};
    nlohmann::ordered_json entry = {{"Config", config_name}, {"RepoTags", nlohmann::ordered_json::array()}};
    if (!name.empty()) entry["RepoTags"].push_back(name);
    entry["Layers"] = nlohmann::ordered_json::array();
    for (const auto& layer : layers) {
        auto layer_file = TRY(layer_name(layer));
        entry["Layers"].push_back(layer_file);
        files.emplace(layer_file, &layer);
    }
    auto tar = TRY(TarFile::create(file));
    for (const auto& [file_name, blob] : files) {
        TRY(tar.add_blob(file_name, *blob));
        progress.advance(blob->descriptor.size);
    }
    TRY(tar.add_text("manifest.json", dump_json(nlohmann::ordered_json::array({entry}))));
    return tar.finish();
}

}  // namespace pith::oci
