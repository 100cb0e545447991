// The root filesystem that an image's layers make together, without a file being unpacked (image-spec, layer.md,
// "Applying Changesets"): the same rules as apply_layer() in unpack.h, over listings.
//
// A layer's path is resolved inside the root as the layers below made it: links among its folders are followed.
// Limits: 40 links and 256 folders on a path. Thread-safety: immutable once made.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/layer_listing.h"

namespace pith::oci {

struct ViewEntry {
    const ListedEntry* entry = nullptr;  // of a hard link, its first name's: never of type hardlink
    std::size_t layer = 0;               // the one that put it there
};

class View {
public:
    using Entries = std::map<std::string, ViewEntry, std::less<>>;  // by clean path, without links on the way

    View(View&&) = default;  // a copy's entries would lead into the original
    View& operator=(View&&) = default;

    // Errors: format (an entry below what is no folder, a hard link to nothing, a whiteout of nothing), limit.
    [[nodiscard]] static Result<View> merge(std::vector<LayerListing> layers);
    // A folder as it is: what looks like a whiteout is a file.
    [[nodiscard]] static View of_folder(LayerListing listing);

    [[nodiscard]] const Entries& entries() const { return m_entries; }
    // Where a clean path leads when all links are followed; nothing where it leads to nothing or in circles.
    [[nodiscard]] std::optional<std::string> resolve(std::string_view path) const;
    // What stands there, links followed.
    [[nodiscard]] const ViewEntry* find(std::string_view path) const;

private:
    View() = default;
    class Merge;
    enum class Last { followed, kept };
    [[nodiscard]] Result<std::string> walk(std::string_view path, Last last) const;

    std::vector<LayerListing> m_layers;
    Entries m_entries;
};

}  // namespace pith::oci
