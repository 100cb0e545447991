// The manifests under cosign's tags, whose layers are signatures or attestations: read, and one more layer added.
// Limits: 4 MiB, 1,024 layers, 64 annotations of a layer. Thread-safety: as the repository.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oci/repository.h"

namespace pith::trust {

struct TaggedLayer {
    oci::Descriptor descriptor;
    std::map<std::string, std::string> annotations;
    [[nodiscard]] std::string annotation(std::string_view name) const;  // empty where there is none
};

struct TaggedManifest {
    std::vector<TaggedLayer> layers;
};

// Nothing where the repository has no such tag. Errors: format, limit; the repository's.
[[nodiscard]] Result<std::optional<TaggedManifest>> find_tagged(oci::Repository& repository, const std::string& tag);

// Puts the manifest with this layer behind those that are there; its blob is in the repository.
[[nodiscard]] Result<oci::Descriptor> append_tagged(oci::Repository& repository, const std::string& tag,
                                                    TaggedLayer layer);

}  // namespace pith::trust
