// The index.json of an image layout (image-spec, image-layout.md): which names the layout holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "oci/image.h"

namespace pith::oci {

// What a name of a layout leads to: an index, or one image's manifest and its platform.
struct Top {
    Descriptor descriptor;
    std::optional<Platform> platform;
    std::string artifact_type{};  // empty for an image
};

constexpr std::uint64_t most_index_bytes = 4 * MiB;

// The layout's index.json with `top` under `name` (the annotation org.opencontainers.image.ref.name; none where
// it is empty). Of `existing`, the former index.json or nothing, everything stays but the entry that had the same
// name, or had none where `name` is empty; of artifacts without a name, the one with the same digest. Errors: format or
// limit if `existing` is not an index that can be kept.
[[nodiscard]] Result<std::string> layout_index(const std::optional<std::string>& existing, const Top& top,
                                               std::string_view name);

}  // namespace pith::oci
