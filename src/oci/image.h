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
#include "base/file.h"

namespace pith::oci {

struct Platform {
    std::string os = "linux", architecture, variant;
    bool operator==(const Platform&) const = default;
    [[nodiscard]] std::string text() const;                         // "linux/arm64", "linux/arm/v7"
    [[nodiscard]] static Result<Platform> parse(std::string_view);  // the same, "arm64", or "linux/arm64/v8" (= arm64)
};

enum class MediaTypes { oci, docker };

// What a descriptor says its bytes are (image-spec, media-types.md).
namespace media_type {
inline constexpr std::string_view index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view layer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
}  // namespace media_type

struct Descriptor {
    std::string media_type;
    Digest digest;
    std::uint64_t size = 0;
};

// A part of a mapped file, which it keeps mapped.
struct MappedPart {
    std::shared_ptr<const MappedFile> file;
    ByteView bytes;
};

// A piece of a layer's blob: a file (a cached member), bytes, or a part of an image that was opened for reading. A
// blob is the concatenation of its pieces.
using Piece = std::variant<std::filesystem::path, std::shared_ptr<const Bytes>, MappedPart>;

struct Layer {
    Descriptor descriptor;
    Digest diff_id;              // of the uncompressed tar
    std::uint64_t tar_size = 0;  // of the uncompressed tar
    std::vector<Piece> pieces;
    std::string created_by;  // for the history: which packages
};

struct ImageConfig {
    Platform platform;
    std::string created;  // RFC 3339, UTC
    std::string user, working_dir, stop_signal;
    std::vector<std::string> entrypoint, cmd;
    std::map<std::string, std::string> environment;
    std::vector<std::string> exposed_ports;  // "8080/tcp", sorted
    std::vector<std::string> volumes;        // sorted
    std::map<std::string, std::string> labels;
};

// Where an image's layers are that are not here yet.
class LayerSource {
public:
    virtual ~LayerSource() = default;
    // Sees to it that the pieces of these layers can be read.
    [[nodiscard]] virtual Result<> bring(const std::vector<Descriptor>& layers) const = 0;
};

struct Image {
    ImageConfig config;
    std::vector<Layer> layers;
    std::map<std::string, std::string> annotations;  // of the manifest
    std::shared_ptr<const LayerSource> source{};     // of an image in a registry; without one all layers are here
};

// The JSON documents, byte for byte what is written: keys in a fixed order, no white space, empty fields left
// out. JSON is UTF-8: a byte that is not becomes U+FFFD, the same way every time.
[[nodiscard]] std::string config_json(const Image& image);
[[nodiscard]] std::string manifest_json(const Image& image, const Descriptor& config,
                                        MediaTypes types = MediaTypes::oci);

struct PlatformManifest {
    Descriptor manifest;
    Platform platform;
};
[[nodiscard]] std::string index_json(const std::vector<PlatformManifest>& manifests,
                                     const std::map<std::string, std::string>& annotations);

}  // namespace pith::oci
