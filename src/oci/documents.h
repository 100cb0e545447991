// The JSON documents of an image as they are read: index, manifest, configuration, and Docker's list of the images in
// an archive (image-spec 1.1: image-index.md, manifest.md, config.md; Docker's manifest v2 schema 2 has the same
// keys; `docker save`: manifest.json). Only what is asked of them is kept; other keys are no error, for documents grow.
//
// Errors name the document as `what`: format, limit (4 MiB, 32 levels, 4096 entries), unsupported (a digest that is not
// SHA-256). Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/image.h"

namespace pith::oci {

constexpr std::uint64_t most_document_bytes = 4 * MiB;
constexpr std::size_t most_document_entries = 4096;

// A manifest or index, as bytes that have the descriptor's digest.
struct Document {
    Descriptor descriptor;
    std::string bytes;
};

// "sha256:" and 64 hexadecimal digits in lower case: the one spelling that names and paths are made from.
[[nodiscard]] Result<Digest> read_digest(std::string_view text);

using Annotations = std::map<std::string, std::string>;

struct IndexEntry {
    Descriptor descriptor;
    std::optional<Platform> platform;
    std::string name;           // org.opencontainers.image.ref.name
    std::string artifact_type;  // empty for an image
    Annotations annotations;
};
// Entries for no platform that can run (BuildKit's attestations are for unknown/unknown) are left out.
[[nodiscard]] Result<std::vector<IndexEntry>> read_index(std::string_view text, std::string_view what);

struct Manifest {
    Descriptor config;
    std::vector<Descriptor> layers;
    std::map<std::string, std::string> annotations;
};
[[nodiscard]] Result<Manifest> read_manifest(std::string_view text, std::string_view what);

struct ConfigFacts {
    Platform platform;
    std::string created;
    std::vector<Digest> diff_ids;
    std::vector<std::string> created_by;  // of each layer; empty texts where the history does not say
};
[[nodiscard]] Result<ConfigFacts> read_config(std::string_view text, std::string_view what);

// Paths are as written.
struct ArchivedImage {
    std::string config;
    std::vector<std::string> names, layers;
};
[[nodiscard]] Result<std::vector<ArchivedImage>> read_docker_manifest(std::string_view text);

// A manifest or an index as what it refers to, for who moves it or asks what it belongs to.
struct ManifestFacts {
    std::string media_type;
    std::string artifact_type;  // its own, else its configuration's type; empty for an image or an index
    std::optional<Descriptor> subject;
    Annotations annotations;
    std::vector<Descriptor> manifests;  // of an index
    std::vector<Descriptor> blobs;      // of a manifest: its configuration, then its layers
    [[nodiscard]] bool is_index() const;
};
// `said` is what its descriptor or the server calls it, perhaps nothing. What is said, what the document says of itself
// and what it holds must agree, so that nobody takes for a manifest what another takes for an index; a document that
// has both layers and manifests is refused.
[[nodiscard]] Result<ManifestFacts> read_facts(std::string_view text, std::string_view said, std::string_view what);

// Whether it is one of the four types of manifests and indexes that are read, OCI's and Docker's.
[[nodiscard]] bool is_manifest_type(std::string_view media_type);

// Whether a descriptor of this type leads to an index rather than to a manifest.
[[nodiscard]] bool is_index(std::string_view media_type);

}  // namespace pith::oci
