#include "oci/open_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "archive/inflate.h"
#include "base/text.h"
#include "oci/content.h"
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

Result<IndexEntry> choose_entry(const std::vector<IndexEntry>& entries, const std::optional<Platform>& wanted) {
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

Result<OpenedImage> open_manifest(const Content& content, const Descriptor& descriptor,
                                  const std::optional<Platform>& wanted) {
    auto text = TRY(content.document(descriptor, "the manifest"));
    (void)TRY(read_facts(text, descriptor.media_type, "the manifest"));
    auto manifest = TRY(read_manifest(text, "the manifest"));
    auto config_text = TRY(content.document(manifest.config, "the configuration"));
    auto config = TRY(read_config(config_text, "the configuration"));
    std::vector<Layer> layers;
    for (auto& each : manifest.layers) {
        auto what = fmt::format("layer {}", layers.size() + 1);
        if (std::ranges::find(layer_types, each.media_type) == std::end(layer_types))
            return fail(ErrorCode::unsupported,
                        fmt::format("{} is of type '{}', which is not read", what, printable(each.media_type)));
        auto& layer = layers.emplace_back();
        layer.pieces.emplace_back(TRY(content.layer(each, what)));
        layer.descriptor = std::move(each);
    }
    auto out = TRY(make_image(std::move(config), descriptor.digest, std::move(layers), wanted));
    out.image.annotations = std::move(manifest.annotations);
    out.image.source = content.source();
    out.config = std::move(config_text);
    return out;
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
    auto out = TRY(make_image(std::move(config), sha256(document.bytes), std::move(layers), wanted));
    out.config = as_text(document.bytes);
    return out;
}

Result<OpenedImage> open_place(const Destination& place, const std::optional<Platform>& platform,
                               registry::Registries& registries) {
    if (place.kind == Destination::Kind::docker_archive)
        return open_docker(*TRY(BlobStore::of_archive(place.path)), place.reference, platform);
    return open_found(TRY(find_content(place, registries)), platform);
}

}  // namespace

Result<Descriptor> choose_platform(const Content& content, const Descriptor& index,
                                   const std::optional<Platform>& platform) {
    auto text = TRY(content.document(index, "the index"));
    (void)TRY(read_facts(text, index.media_type, "the index"));
    return TRY(choose_entry(TRY(read_index(text, "the index")), platform)).descriptor;
}

Result<OpenedImage> open_found(const Found& found, const std::optional<Platform>& wanted) {
    if (!is_index(found.top.media_type)) return open_manifest(*found.content, found.top, wanted);
    return open_manifest(*found.content, TRY(choose_platform(*found.content, found.top, wanted)), wanted);
}

Result<OpenedImage> open_image(const Destination& place, const std::optional<Platform>& platform,
                               registry::Registries& registries) {
    return context(open_place(place, platform, registries), place.text());
}

}  // namespace pith::oci
