#include "oci/compare_images.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "oci/layer_listing.h"

namespace pith::oci {

namespace {

// What of two entries of one path is not the same; empty where all is.
std::string difference_of(const ListedEntry& a, const ListedEntry& b) {
    if (a.type != b.type) return "is of another type";
    if (a.link != b.link) return fmt::format("leads to '{}' and to '{}'", printable(a.link), printable(b.link));
    if (a.sha256 != b.sha256 || a.size != b.size) return "has other content";
    if (a.mode != b.mode) return fmt::format("has the mode {:04o} and {:04o}", a.mode, b.mode);
    if (a.uid != b.uid || a.gid != b.gid)
        return fmt::format("belongs to {}:{} and to {}:{}", a.uid, a.gid, b.uid, b.gid);
    if (a.mtime != b.mtime) return fmt::format("has the time {} and {}", a.mtime, b.mtime);
    return "";
}

std::string first_entry(const std::vector<ListedEntry>& published, const std::vector<ListedEntry>& rebuilt) {
    for (std::size_t i = 0; i < std::max(published.size(), rebuilt.size()); ++i) {
        if (i == rebuilt.size()) return fmt::format("/{} is not built again", printable(published[i].path));
        if (i == published.size()) return fmt::format("/{} was not in it", printable(rebuilt[i].path));
        const auto &a = published[i], &b = rebuilt[i];
        if (a.path != b.path) return fmt::format("/{} stands where /{} is built", printable(a.path), printable(b.path));
        if (auto difference = difference_of(a, b); !difference.empty())
            return fmt::format("/{} {}", printable(a.path), difference);
    }
    return "its entries are the same, and the archive around them is not";
}

Result<LayerListing> list_one(const Image& image, std::size_t layer, const Cache& cache, ThreadPool& pool) {
    static const Selection digests_alone{
        "digests", [](std::string_view, std::string_view) { return std::uint64_t{0}; }, {}, true};
    auto alone = image;
    alone.layers = {image.layers[layer]};
    return std::move(TRY(list_layers(alone, digests_alone, cache, pool))[0]);
}

}  // namespace

Result<std::string> first_difference(const Image& published, const Image& rebuilt, const Cache& cache,
                                     ThreadPool& pool) {
    auto common = std::min(published.layers.size(), rebuilt.layers.size());
    bool recompressed = false;
    for (std::size_t i = 0; i < common; ++i) {
        const auto &a = published.layers[i], &b = rebuilt.layers[i];
        recompressed |= a.descriptor.digest != b.descriptor.digest;
        if (a.diff_id == b.diff_id) continue;
        auto listed = TRY(list_one(published, i, cache, pool)), built = TRY(list_one(rebuilt, i, cache, pool));
        return fmt::format("layer {} of {}: {}", i + 1, published.layers.size(),
                           first_entry(listed.entries, built.entries));
    }
    if (published.layers.size() != rebuilt.layers.size())
        return fmt::format("it has {} layers, and {} are built", published.layers.size(), rebuilt.layers.size());
    if (recompressed) return std::string("its layers hold the same, and are compressed to other bytes");
    return std::string("its layers are the same, and its configuration or manifest is not");
}

}  // namespace pith::oci
