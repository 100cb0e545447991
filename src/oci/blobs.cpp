#include "oci/blobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pith::oci {

Blob blob_of(std::string_view media_type, std::string_view bytes, std::string what) {
    auto held = std::make_shared<const Bytes>(to_bytes(bytes));
    return {{std::string(media_type), sha256(*held), held->size()}, {held}, std::move(what)};
}

Blob config_blob(const Image& image) { return blob_of(media_type::config, config_json(image), "the configuration"); }

std::vector<Blob> layer_blobs(const Image& image) {
    std::vector<Blob> out;
    for (const auto& layer : image.layers) {
        auto what = fmt::format("layer {}", out.size() + 1);
        if (!layer.created_by.empty()) what += fmt::format(" ({})", layer.created_by);
        out.push_back({layer.descriptor, layer.pieces, std::move(what)});
    }
    return out;
}

std::uint64_t BlobSet::size() const {
    std::uint64_t sum = 0;
    for (const auto& blob : blobs) sum += blob.descriptor.size;
    return sum;
}

std::vector<Top> BlobSet::tops(std::string_view name) const {
    std::vector<Top> out = {top};
    out[0].name = name;
    out.insert(out.end(), attached.begin(), attached.end());
    return out;
}

void BlobSet::add(Blob blob) {
    auto digest = [](const Blob& each) { return each.descriptor.digest; };
    auto place = std::ranges::lower_bound(blobs, blob.descriptor.digest, {}, digest);
    if (place == blobs.end() || place->descriptor.digest != blob.descriptor.digest)
        blobs.insert(place, std::move(blob));
}

BlobSet assemble(const std::vector<Image>& images) {
    std::map<Digest, Blob> blobs;  // in the order in which they are written, each once
    auto add = [&](Blob blob) {
        auto descriptor = blob.descriptor;
        blobs.emplace(descriptor.digest, std::move(blob));
        return descriptor;
    };
    std::vector<PlatformManifest> manifests;
    for (const auto& image : images) {
        auto config = add(config_blob(image));
        auto manifest = add(blob_of(media_type::manifest, manifest_json(image, config), "the manifest"));
        manifests.push_back({manifest, image.config.platform});
        for (auto& layer : layer_blobs(image)) add(std::move(layer));
    }
    BlobSet out;
    if (manifests.size() == 1)
        out.top = {manifests[0].manifest, manifests[0].platform};
    else
        out.top = {add(blob_of(media_type::index, index_json(manifests, {}), "the index")), std::nullopt};
    for (auto& [digest, blob] : blobs) out.blobs.push_back(std::move(blob));
    return out;
}

Result<> append_blob(FileWriter& out, const Blob& blob) {
    for (const auto& piece : blob.pieces) {
        if (const auto* file = std::get_if<std::filesystem::path>(&piece))
            TRY(context(out.append_file(*file), blob.what));
        else if (const auto* part = std::get_if<MappedPart>(&piece))
            TRY(context(out.write(part->bytes), blob.what));
        else
            TRY(context(out.write(*std::get<1>(piece)), blob.what));
    }
    return {};
}

Result<> check_blob(ByteView written, const Blob& blob) {
    const auto& wanted = blob.descriptor;
    if (written.size() == wanted.size && sha256(written) == wanted.digest) return {};
    auto is_read = [](const Piece& piece) { return std::holds_alternative<MappedPart>(piece); };
    if (std::ranges::any_of(blob.pieces, is_read))
        return fail(ErrorCode::integrity,
                    fmt::format("{} is damaged where it is copied from: it should have {} bytes with {}, and has {} "
                                "bytes with {}",
                                blob.what, wanted.size, wanted.digest.text(), written.size(), sha256(written).text()));
    return fail(ErrorCode::damaged,
                fmt::format("{} is not what it was when its digest was taken: {} bytes with {} are expected, and its "
                            "pieces give {} bytes with {}. A cached file is damaged: `pith cache verify`, then build "
                            "again",
                            blob.what, wanted.size, wanted.digest.text(), written.size(), sha256(written).text()));
}

Result<FileWriter> write_blob(const Blob& blob, const std::filesystem::path& path) {
    auto out = TRY(FileWriter::create(path));
    TRY(append_blob(out, blob));
    auto written = TRY(MappedFile::from(out.fd(), out.temporary()));
    TRY(check_blob(written.bytes(), blob));
    return out;
}

}  // namespace pith::oci
