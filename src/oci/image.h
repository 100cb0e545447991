// Images as the OCI image specification 1.1 describes them (image-spec: config.md, manifest.md,
// image-index.md), in plain structs, and their deterministic JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/digest.h"

namespace pith::oci {

struct Platform {
    std::string os = "linux", architecture, variant;
    bool operator==(const Platform&) const = default;
    [[nodiscard]] std::string text() const;                          // "linux/arm64", "linux/arm/v7"
    [[nodiscard]] static Result<Platform> parse(std::string_view);   // the same, "arm64", or "linux/arm64/v8" (= arm64)
};

enum class MediaTypes { oci, docker };

struct Descriptor {
    std::string media_type;
    Digest digest;
    std::uint64_t size = 0;
};

// A piece of a layer's blob: a file (a cached member) or bytes. A blob is the concatenation of its pieces.
using Piece = std::variant<std::filesystem::path, std::shared_ptr<const Bytes>>;

struct Layer {
    Descriptor descriptor;
    Digest diff_id;                 // of the uncompressed tar
    std::uint64_t tar_size = 0;     // of the uncompressed tar
    std::vector<Piece> pieces;
    std::string created_by;         // for the history: which packages
};

struct ImageConfig {
    Platform platform;
    std::string created;            // RFC 3339, UTC
    std::string user, working_dir, stop_signal;
    std::vector<std::string> entrypoint, cmd;
    std::map<std::string, std::string> environment;
    std::vector<std::string> exposed_ports;  // "8080/tcp", sorted
    std::vector<std::string> volumes;        // sorted
    std::map<std::string, std::string> labels;
};

struct Image {
    ImageConfig config;
    std::vector<Layer> layers;
    std::map<std::string, std::string> annotations;  // of the manifest
};

// The JSON documents, byte for byte what is written: keys in a fixed order, no white space.
[[nodiscard]] std::string config_json(const Image& image);
[[nodiscard]] std::string manifest_json(const Image& image, const Descriptor& config, MediaTypes types = MediaTypes::oci);

struct PlatformManifest {
    Descriptor manifest;
    Platform platform;
};
[[nodiscard]] std::string index_json(const std::vector<PlatformManifest>& manifests,
                                     const std::map<std::string, std::string>& annotations);

}  // namespace pith::oci
