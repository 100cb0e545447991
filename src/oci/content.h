// What an image is made of, by its descriptors, wherever it lies: a layout, an archive, or a registry.
// Thread-safety: one thread at a time.
#pragma once

#include "oci/blob_store.h"
#include "oci/documents.h"
#include "oci/output.h"

namespace pith::oci {

namespace registry {
class Registries;
}

class Content {
public:
    virtual ~Content() = default;
    // A manifest, an index or a configuration of at most 4 MiB, checked against its descriptor. `what` is for messages.
    [[nodiscard]] virtual Result<std::string> document(const Descriptor& descriptor, std::string_view what) const = 0;
    // A layer, of which the size alone is known to hold; its digest is for who reads it all.
    [[nodiscard]] virtual Result<Piece> layer(const Descriptor& descriptor, std::string_view what) const = 0;
    // What brings layers here whose pieces are not; null where they are.
    [[nodiscard]] virtual std::shared_ptr<const LayerSource> source() const { return nullptr; }
};

[[nodiscard]] std::shared_ptr<Content> content_of(std::unique_ptr<BlobStore> store);

// What a name leads to, and where it lies.
struct Found {
    std::shared_ptr<Content> content;
    Descriptor top;
    std::optional<Platform> platform;  // where the name's own entry says it
};
// Of docker://, oci: and oci-archive:, each of which holds manifests. Without a tag, a layout's only image.
// Errors: not_found, usage (several, and none was chosen); those of Repository for a registry.
[[nodiscard]] Result<Found> find_content(const Destination& place, registry::Registries& registries);

// Of an index.json the entry with a tag or digest; without one the only image, not counting what is attached to it.
[[nodiscard]] Result<IndexEntry> choose_name(const std::vector<IndexEntry>& entries, const std::string& tag);

}  // namespace pith::oci
