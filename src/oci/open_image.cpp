#include "oci/open_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "archive/inflate.h"
#include "base/text.h"
#include "oci/blob_store.h"
#include "oci/documents.h"

namespace pith::oci {

namespace {

// Foreign layers, whose bytes are elsewhere, and encrypted ones are not among them.
constexpr std::string_view layer_types[] = {
    media_type::layer,
    media_type::layer_gzip,
    media_type::layer_zstd,
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd",
};

std::string platforms_of(const std::vector<IndexEntry>& entries) {
    std::set<std::string> out;
    for (const auto& entry : entries)
        if (entry.platform) out.insert(entry.platform->text());
    return join({out.begin(), out.end()}, ", ");
}

// The entry with the tag; without a tag, the only one.
Result<IndexEntry> choose_name(const std::vector<IndexEntry>& entries, const std::string& tag) {
    std::vector<std::string> names;
    for (const auto& entry : entries) {
        if (tag.empty() ? entries.size() == 1 : entry.name == tag) return entry;
        if (!entry.name.empty()) names.push_back(printable(entry.name));
    }
    if (entries.empty()) return fail(ErrorCode::not_found, "it holds no image");
    auto there = names.empty() ? "it names none" : "it has " + join(names, ", ");
    if (tag.empty()) return fail(ErrorCode::usage, fmt::format("it holds several images; add a tag: {}", there));
    return fail(ErrorCode::not_found, fmt::format("it has no tag '{}': {}", tag, there));
}

Result<IndexEntry> choose_platform(const std::vector<IndexEntry>& entries, const std::optional<Platform>& wanted) {
    if (entries.empty()) return fail(ErrorCode::not_found, "its index holds no image");
    if (!wanted && entries.size() == 1) return entries[0];
    if (!wanted)
        return fail(ErrorCode::usage,
                    fmt::format("it holds several platforms; choose one with --platform: {}", platforms_of(entries)));
    for (const auto& entry : entries)
        if (entry.platform == wanted) return entry;
    return fail(ErrorCode::not_found,
                fmt::format("it holds no image for {}: it has {}", wanted->text(), platforms_of(entries)));
}

Result<OpenedImage> make_image(ConfigFacts config, const Digest& name, std::vector<Layer> layers,
                               const std::optional<Platform>& wanted) {
    if (config.diff_ids.size() != layers.size())
        return fail(ErrorCode::format, fmt::format("the configuration names {} layers, and there are {}",
                                                   config.diff_ids.size(), layers.size()));
    if (wanted && *wanted != config.platform)
        return fail(ErrorCode::not_found,
                    fmt::format("the image is for {}, not for {}", printable(config.platform.text()), wanted->text()));
    OpenedImage out{{}, name};
    out.image.config.platform = std::move(config.platform);
    out.image.config.created = std::move(config.created);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        layers[i].diff_id = config.diff_ids[i];
        layers[i].created_by = std::move(config.created_by[i]);
    }
    out.image.layers = std::move(layers);
    return out;
}

Result<OpenedImage> open_manifest(const BlobStore& store, const Descriptor& descriptor,
                                  const std::optional<Platform>& wanted) {
    MappedPart keep;
    auto manifest = TRY(read_manifest(TRY(open_document(store, descriptor, "the manifest", keep)), "the manifest"));
    auto config =
        TRY(read_config(TRY(open_document(store, manifest.config, "the configuration", keep)), "the configuration"));
    std::vector<Layer> layers;
    for (auto& each : manifest.layers) {
        auto what = fmt::format("layer {}", layers.size() + 1);
        if (std::ranges::find(layer_types, each.media_type) == std::end(layer_types))
            return fail(ErrorCode::unsupported,
                        fmt::format("{} is of type '{}', which is not read", what, printable(each.media_type)));
        auto& layer = layers.emplace_back();
        layer.pieces.emplace_back(TRY(open_blob(store, each, what)));
        layer.descriptor = std::move(each);
    }
    auto out = TRY(make_image(std::move(config), descriptor.digest, std::move(layers), wanted));
    out.image.annotations = std::move(manifest.annotations);
    return out;
}

Result<OpenedImage> open_layout(const BlobStore& store, const std::string& tag, const std::optional<Platform>& wanted) {
    auto index = TRY(store.open("index.json"));
    auto entry = TRY(choose_name(TRY(read_index(as_text(index.bytes), "index.json")), tag));
    if (!is_index(entry.descriptor.media_type)) return open_manifest(store, entry.descriptor, wanted);
    MappedPart keep;
    auto platforms = TRY(read_index(TRY(open_document(store, entry.descriptor, "the index", keep)), "the index"));
    return open_manifest(store, TRY(choose_platform(platforms, wanted)).descriptor, wanted);
}

Result<ArchivedImage> choose_archived(std::vector<ArchivedImage> images, const std::string& name) {
    std::vector<std::string> names;
    for (auto& image : images) {
        if (name.empty() ? images.size() == 1 : std::ranges::count(image.names, name) > 0) return std::move(image);
        for (const auto& each : image.names) names.push_back(printable(each));
    }
    if (name.empty() && !images.empty())
        return fail(ErrorCode::usage, fmt::format("it holds several images; add a name: {}", join(names, ", ")));
    return fail(ErrorCode::not_found, images.empty() ? "it holds no image"
                                                     : fmt::format("it has no image '{}': it has {}", name,
                                                                   names.empty() ? "no names" : join(names, ", ")));
}

// Docker's archives name no digests of blobs, but diffIDs, which are those of layers that are not compressed; of others
// they are taken here.
Result<OpenedImage> open_docker(const BlobStore& store, const std::string& name,
                                const std::optional<Platform>& wanted) {
    auto list = TRY(store.open("manifest.json"));
    auto archived = TRY(choose_archived(TRY(read_docker_manifest(as_text(list.bytes))), name));
    auto document = TRY(context(store.open(archived.config), "the configuration"));
    auto config = TRY(read_config(as_text(document.bytes), "the configuration"));
    std::vector<Layer> layers;
    for (const auto& path : archived.layers) {
        auto part = TRY(context(store.open(path), fmt::format("layer {}", layers.size() + 1)));
        auto& layer = layers.emplace_back();
        auto compression = archive::detect_compression(part.bytes);
        bool plain = compression == archive::Compression::none && layers.size() <= config.diff_ids.size();
        layer.descriptor = {std::string(compression == archive::Compression::gzip   ? media_type::layer_gzip
                                        : compression == archive::Compression::zstd ? media_type::layer_zstd
                                                                                    : media_type::layer),
                            plain ? config.diff_ids[layers.size() - 1] : sha256(part.bytes), part.bytes.size()};
        layer.pieces.emplace_back(std::move(part));
    }
    return make_image(std::move(config), sha256(document.bytes), std::move(layers), wanted);
}

Result<OpenedImage> open_place(const Destination& place, const std::optional<Platform>& platform) {
    using Kind = Destination::Kind;
    if (place.kind == Kind::oci_layout)
        return open_layout(*TRY(BlobStore::of_folder(place.path)), place.reference, platform);
    auto store = TRY(BlobStore::of_archive(place.path));
    if (place.kind == Kind::docker_archive) return open_docker(*store, place.reference, platform);
    return open_layout(*store, place.reference, platform);
}

}  // namespace

Result<OpenedImage> open_image(const Destination& place, const std::optional<Platform>& platform) {
    return context(open_place(place, platform), place.text());
}

}  // namespace pith::oci
