#include "oci/copy.h"

#include <fmt/format.h>

#include <limits>

#include "base/text.h"
#include "oci/archives.h"
#include "oci/attached.h"
#include "oci/layout.h"
#include "oci/open_image.h"
#include "oci/registry/registries.h"
#include "oci/unpack.h"

namespace pith::oci {

using Kind = Destination::Kind;

namespace {

constexpr std::size_t most_blobs = 100'000;
constexpr int most_depth = 4;
constexpr std::uint64_t most_attached_bytes = 4 * GiB;

Blob document_blob(const Descriptor& descriptor, std::string_view text, std::string what) {
    return {descriptor, {std::make_shared<const Bytes>(to_bytes(text))}, std::move(what)};
}

// All that a manifest or index refers to.
class Gathering {
public:
    explicit Gathering(const Content& content) : m_content(content) {}

    Result<> add_manifest(const Descriptor& descriptor, int depth = 0) {
        if (auto known = m_blobs.find(descriptor.digest); known != m_blobs.end())
            return is_manifest_type(known->second.descriptor.media_type) ? Result<>() : twofold(descriptor);
        if (depth > most_depth)
            return fail(ErrorCode::limit, fmt::format("its indexes are nested deeper than {}", most_depth));
        auto what = fmt::format("manifest {}", descriptor.digest.text());
        auto text = TRY(m_content.document(descriptor, what));
        auto facts = TRY(read_facts(text, descriptor.media_type, what));
        TRY(add(document_blob({facts.media_type, descriptor.digest, descriptor.size}, text, what)));
        for (const auto& each : facts.manifests) TRY(add_manifest(each, depth + 1));
        for (const auto& each : facts.blobs) {
            if (is_manifest_type(each.media_type)) return twofold(each);
            if (m_blobs.contains(each.digest)) continue;
            auto name = fmt::format("blob {}", each.digest.text());
            auto bytes = TRY(m_content.layer(each, name));
            TRY(add({each, {std::move(bytes)}, name}));
        }
        return {};
    }

    // Of all blobs together; never more than fits, for each size is held to the rest.
    [[nodiscard]] std::uint64_t size() const { return m_size; }

    BlobSet take(Top top, std::vector<Top> attached) && {
        BlobSet out{{}, std::move(top), std::move(attached)};
        for (auto& [digest, blob] : m_blobs) out.blobs.push_back(std::move(blob));
        return out;
    }

private:
    static Result<> twofold(const Descriptor& descriptor) {
        return fail(ErrorCode::format,
                    fmt::format("{} is both a manifest and a blob of one", descriptor.digest.text()));
    }

    Result<> add(Blob blob) {
        if (m_blobs.size() >= most_blobs)
            return fail(ErrorCode::limit, fmt::format("it is made of more than {} blobs", most_blobs));
        auto [digest, size] = std::pair(blob.descriptor.digest, blob.descriptor.size);
        if (size > std::numeric_limits<std::uint64_t>::max() - m_size)
            return fail(ErrorCode::limit, fmt::format("{} is said to have {} bytes", blob.what, size));
        m_size += size;
        m_blobs.emplace(digest, std::move(blob));
        return {};
    }

    const Content& m_content;
    std::map<Digest, Blob> m_blobs;
    std::uint64_t m_size = 0;
};

std::vector<Descriptor> blobs_of(const std::vector<Blob>& blobs) {
    std::vector<Descriptor> out;
    for (const auto& blob : blobs)
        if (!is_manifest_type(blob.descriptor.media_type)) out.push_back(blob.descriptor);
    return out;
}

// A docker-archive has no manifest: one is made for its configuration and layers as they are.
BlobSet with_manifest(const OpenedImage& opened) {
    Descriptor config{std::string(media_type::config), sha256(opened.config), opened.config.size()};
    auto manifest = manifest_json(opened.image, config);
    std::map<Digest, Blob> blobs;
    BlobSet out;
    out.top = {{std::string(media_type::manifest), sha256(manifest), manifest.size()}, opened.image.config.platform};
    blobs.emplace(config.digest, document_blob(config, opened.config, "the configuration"));
    blobs.emplace(out.top.descriptor.digest, document_blob(out.top.descriptor, manifest, "the manifest"));
    for (auto& layer : layer_blobs(opened.image)) blobs.emplace(layer.descriptor.digest, std::move(layer));
    for (auto& [digest, blob] : blobs) out.blobs.push_back(std::move(blob));
    return out;
}

// To a registry only what it lacks is brought and sent.
Result<> copy_to_registry(Gathered gathered, const Destination& from, const Destination& to,
                          registry::Registries& registries, Progress& progress) {
    auto& [set, source] = gathered;
    auto target = TRY(registry::Reference::parse(to.reference));
    std::string mounted_from;
    if (auto layers = source.content ? source.content->source() : nullptr) {
        auto origin = TRY(registry::Reference::parse(from.reference));
        if (origin.host == target.host) mounted_from = origin.repository;
        std::map<Digest, std::vector<Piece>> pieces;
        for (auto& blob : set.blobs)
            if (!is_manifest_type(blob.descriptor.media_type)) pieces[blob.descriptor.digest].swap(blob.pieces);
        auto bring_wanted = [&](std::vector<Blob>& blobs) -> Result<> {
            TRY(layers->bring(blobs_of(blobs)));
            for (auto& blob : blobs) blob.pieces = pieces[blob.descriptor.digest];
            return {};
        };
        return registries.push(set, target, mounted_from, bring_wanted, progress);
    }
    return registries.push(set, target, mounted_from, [](std::vector<Blob>&) -> Result<> { return {}; }, progress);
}

// Of one platform, to where manifests are not kept.
Result<Written> copy_unpacked(const OpenedImage& opened, const Destination& to, Progress& progress) {
    const auto& image = opened.image;
    Descriptor config{std::string(media_type::config), sha256(opened.config), opened.config.size()};
    auto layers = layer_blobs(image);
    Written out{opened.name, config.size};
    for (const auto& layer : layers) out.size += layer.descriptor.size;
    if (image.source) TRY(image.source->bring(blobs_of(layers)));
    progress.begin("writing", out.size);
    if (to.kind == Kind::root_folder)
        out.owners_kept = TRY(write_root_folder(image, to.path, progress));
    else
        TRY(write_docker_archive(document_blob(config, opened.config, "the configuration"), layers, to.path,
                                 to.reference, progress));
    progress.end();
    return out;
}

// What is attached, whose size is bounded apart from the image's.
Result<std::vector<Top>> gather_attached(Gathering& gathering, const Destination& from, const Descriptor& top,
                                         registry::Registries& registries) {
    auto attached = TRY(attached_to(*TRY(open_repository(from, Access::pull, registries)), top));
    auto image_size = gathering.size();
    for (const auto& each : attached) {
        TRY(gathering.add_manifest(each.descriptor));
        if (gathering.size() - image_size > most_attached_bytes)
            return fail(ErrorCode::limit, fmt::format("what is attached to the image is larger than {}",
                                                      human_size(most_attached_bytes)));
    }
    return attached;
}

Result<Written> copy_image(const Destination& from, const Destination& to, const std::optional<Platform>& platform,
                           registry::Registries& registries, Progress& progress) {
    if (from.kind == Kind::root_folder)
        return fail(ErrorCode::usage, "a root filesystem is no image: build one from it, or name another source");
    bool unpacked = to.kind == Kind::docker_archive || to.kind == Kind::root_folder;
    if (unpacked || from.kind == Kind::docker_archive) {
        auto opened = TRY(open_image(from, platform, registries));
        if (unpacked) return copy_unpacked(opened, to, progress);
        return write_gathered({with_manifest(opened), {}}, from, to, registries, progress);
    }
    return write_gathered(TRY(gather(from, platform, Attachments::left_out, registries)), from, to, registries,
                          progress);
}

}  // namespace

Result<Gathered> gather(const Destination& from, const std::optional<Platform>& platform, Attachments attachments,
                        registry::Registries& registries) {
    auto found = TRY(context(find_content(from, registries), from.text()));
    if (platform && is_index(found.top.media_type)) {
        found.top = TRY(context(choose_platform(*found.content, found.top, platform), from.text()));
        found.platform = platform;
    } else if (platform) {  // a manifest alone must be of that platform
        (void)TRY(open_image(from, platform, registries));
    }
    Gathering gathering(*found.content);
    TRY(context(gathering.add_manifest(found.top), from.text()));
    std::vector<Top> attached;
    if (attachments == Attachments::taken)
        attached = TRY(context(gather_attached(gathering, from, found.top, registries), from.text()));
    return Gathered{std::move(gathering).take({found.top, found.platform}, std::move(attached)), std::move(found)};
}

Result<> bring(const Gathered& gathered) {
    auto layers = gathered.source.content ? gathered.source.content->source() : nullptr;
    return layers ? layers->bring(blobs_of(gathered.set.blobs)) : Result<>();
}

Result<Written> write_gathered(Gathered gathered, const Destination& from, const Destination& to,
                               registry::Registries& registries, Progress& progress) {
    const auto& set = gathered.set;
    Written out{set.top.descriptor.digest, set.size()};
    if (to.kind != Kind::registry) TRY(bring(gathered));
    progress.begin("writing", set.size());
    if (to.kind == Kind::registry)
        TRY(copy_to_registry(std::move(gathered), from, to, registries, progress));
    else if (to.kind == Kind::oci_layout)
        TRY(write_layout(set, to.path, to.reference, progress));
    else
        TRY(write_oci_archive(set, to.path, to.reference, progress));
    progress.end();
    return out;
}

Result<Written> copy(const Destination& from, const Destination& to, const std::optional<Platform>& platform,
                     registry::Registries& registries, Progress& progress) {
    return context(copy_image(from, to, platform, registries, progress), to.text());
}

}  // namespace pith::oci
