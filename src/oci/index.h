// The index.json of an image layout (image-spec, image-layout.md): which names the layout holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/image.h"

namespace pith::oci {

// What a layout lists: an index, one image's manifest and its platform, or an artifact.
struct Top {
    Descriptor descriptor;
    std::optional<Platform> platform{};
    std::string artifact_type{};  // empty for an image
    std::string name{};           // the annotation org.opencontainers.image.ref.name; none where it is empty
    std::string cosign_kind{};    // the annotation cosign::kind; none where it is empty
};

// What cosign finds the parts of a saved image by (cosign, pkg/oci/layout/index.go).
namespace cosign {
inline constexpr std::string_view kind = "kind";  // an annotation, and its values:
inline constexpr std::string_view image = "dev.cosignproject.cosign/image";
inline constexpr std::string_view image_index = "dev.cosignproject.cosign/imageIndex";
inline constexpr std::string_view signatures = "dev.cosignproject.cosign/sigs";
inline constexpr std::string_view attestations = "dev.cosignproject.cosign/atts";
}  // namespace cosign

constexpr std::uint64_t most_index_bytes = 4 * MiB;

// The layout's index.json with `tops` in this order. Of `existing`, the former index.json or nothing, everything stays
// before them but the entries that have the same names as they, or none where a top has none; of artifacts without a
// name, the one with the same digest. Errors: format or limit if `existing` is not an index that can be kept.
[[nodiscard]] Result<std::string> layout_index(const std::optional<std::string>& existing,
                                               const std::vector<Top>& tops);

}  // namespace pith::oci
