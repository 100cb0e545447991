// A repository of manifests and the blobs that they name, in a registry or in an image layout on disk, behind one
// interface: what signatures, attestations and other artifacts are found, read and attached by.
//
// A manifest is referred to by digest once its tag was resolved, so that what is looked at first is what is used later.
// Artifacts belong to an image by their `subject` (image-spec 1.1, manifest.md). Thread-safety: one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/documents.h"
#include "oci/output.h"

namespace pith::oci {

namespace registry {
class Registries;
}

// A manifest whose subject is another one.
struct Referrer {
    Descriptor descriptor;
    std::string artifact_type;  // may be empty or untrue: what decides is the manifest itself
    Annotations annotations;
};

constexpr std::uint64_t most_small_blob = 64 * MiB;

class Repository {
public:
    virtual ~Repository() = default;

    // "docker.io/library/nginx", or the layout's folder: what to call it in messages.
    [[nodiscard]] virtual std::string name() const = 0;

    // What a tag leads to at this moment, or the manifest with a digest ("sha256:…"). At most 4 MiB; its bytes have the
    // descriptor's digest, and what it is called agrees with what it is (read_facts).
    // Errors: not_found; integrity, format, limit; network, offline.
    [[nodiscard]] virtual Result<Document> manifest(const std::string& wanted) = 0;

    // A blob in memory, with the descriptor's size and digest; one larger than 64 MiB is a `limit` error.
    [[nodiscard]] virtual Result<std::string> blob(const Descriptor& descriptor) = 0;

    // All tags, sorted.
    [[nodiscard]] virtual Result<std::vector<std::string>> tags() = 0;

    // All manifests whose subject has this digest, whatever their types, in the order of their digests. A registry is
    // asked for its list of referrers; only where it has none (404) the tag "sha256-HEX" is looked at. Any other answer
    // is an error, lest a signature be missed because somebody wanted it so.
    [[nodiscard]] virtual Result<std::vector<Referrer>> referrers(const Digest& subject) = 0;

    // What manifest() and blob() will soon be asked for, that the answers need not be waited for one by one: a registry
    // is asked for all of it together with what it is asked next. What fails then is told in its turn.
    virtual void expect(const std::vector<std::string>& manifests, const std::vector<Descriptor>& blobs) = 0;

    // Adds a blob that is not there yet.
    [[nodiscard]] virtual Result<Descriptor> push_blob(std::string_view bytes, std::string_view media_type) = 0;

    // Adds a manifest whose blobs are there: under `tag`, or by its digest alone where that is empty. One that has a
    // subject is among the subject's referrers afterwards: where the registry does not say that it keeps such a list
    // (OCI-Subject), the index under the tag "sha256-HEX" is kept instead.
    [[nodiscard]] virtual Result<Descriptor> push_manifest(std::string_view bytes, const std::string& tag = {}) = 0;
};

// What a registry is asked for the right to: some refuse who may only pull as soon as more is asked for.
enum class Access { pull, push };

// Of docker://… and oci:…; other places are a `usage` error.
[[nodiscard]] Result<std::unique_ptr<Repository>> open_repository(const Destination& place, Access access,
                                                                  registry::Registries& registries);
// The tag or digest that the place names. In a layout without one, the digest of the only image.
[[nodiscard]] Result<Document> resolve(Repository& repository, const Destination& place);

// The tag under which a registry without a list of referrers keeps them (distribution-spec 1.1, "Referrers tag
// schema").
[[nodiscard]] std::string referrers_tag(const Digest& subject);

// The index of referrers with one more in it, sorted by digest; `existing` is the former one, or nothing.
[[nodiscard]] Result<std::string> referrers_index(const std::optional<std::string>& existing, const Referrer& added);

// The manifest of an artifact that is one layer, and of its type (image-spec 1.1, manifest.md, "Guidelines for Artifact
// Usage"). Its configuration is empty.
constexpr std::string_view empty_config = "{}", empty_config_type = "application/vnd.oci.empty.v1+json";
[[nodiscard]] std::string artifact_manifest(const Descriptor& layer, const Annotations& annotations_of_layer = {});

// What a manifest is as a referrer; nothing where it has no subject.
[[nodiscard]] std::optional<Referrer> referrer_of(const Document& document, const ManifestFacts& facts);

}  // namespace pith::oci
