#include "trust/image/saved_image.h"

#include <fmt/format.h>

#include <algorithm>

#include "oci/layout.h"
#include "oci/layout_repository.h"
#include "oci/registry/reference.h"
#include "oci/root_folder.h"
#include "trust/image/formats.h"

namespace pith::trust {

using oci::Blob;
using oci::BlobSet;
using oci::Destination;

namespace {

Result<> check_place(const Destination& place) {
    if (place.kind == Destination::Kind::registry || place.kind == Destination::Kind::oci_layout) return {};
    return fail(ErrorCode::usage,
                fmt::format("'{}' holds no signatures beside an image: name docker://… or oci:…", place.text()));
}

// The image's tag, so that other programs can name it in the layout.
Result<std::string> tag_of(const Destination& image) {
    if (image.kind == Destination::Kind::registry) {
        auto reference = TRY(oci::registry::Reference::parse(image.reference));
        return reference.digest ? reference.tag : reference.wanted();
    }
    return oci::read_digest(image.reference) ? std::string() : image.reference;
}

bool is_bundle_of(const BlobSet& set, const oci::Top& attached) {
    auto blob = std::ranges::find_if(
        set.blobs, [&](const Blob& each) { return each.descriptor.digest == attached.descriptor.digest; });
    auto facts = oci::read_facts(as_text(*std::get<1>(blob->pieces[0])), blob->descriptor.media_type, blob->what);
    return facts && facts->subject && facts->subject->digest == set.top.descriptor.digest &&
           std::ranges::any_of(facts->blobs, [](const oci::Descriptor& each) {
               return each.media_type.starts_with(cosign::bundle_prefix);
           });
}

// cosign looks for bundles only of what is marked as an image. So an index that has some is marked as one, and is
// verified by them; one that has none is marked as an index, and is verified by what is under the tags.
void mark_for_cosign(BlobSet& set) {
    const auto& image = set.top.descriptor;
    bool has_bundles = std::ranges::any_of(set.attached, [&](const auto& each) { return is_bundle_of(set, each); });
    set.top.cosign_kind =
        oci::is_index(image.media_type) && !has_bundles ? oci::cosign::image_index : oci::cosign::image;
    for (auto& each : set.attached) {
        if (each.name == cosign::tag_of(image.digest, Attached::signature))
            each.cosign_kind = oci::cosign::signatures;
        else if (each.name == cosign::tag_of(image.digest, Attached::attestation))
            each.cosign_kind = oci::cosign::attestations;
    }
}

Result<> add_file(BlobSet& set, const CarriedFile& file) {
    auto mapped = std::make_shared<const MappedFile>(TRY(MappedFile::open(file.path)));
    auto bytes = mapped->bytes();
    Blob layer{{std::string(file.kind.type), sha256(bytes), bytes.size()},
               {oci::MappedPart{std::move(mapped), bytes}},
               fmt::format("'{}'", file.path.string())};
    auto config = oci::blob_of(oci::empty_config_type, oci::empty_config, "an empty configuration");
    auto manifest = oci::artifact_manifest(layer.descriptor);
    auto top = oci::blob_of(oci::media_type::manifest, manifest, "an artifact");
    set.attached.push_back({top.descriptor, {}, std::string(file.kind.type), std::string(file.kind.name)});
    for (auto* blob : {&layer, &config, &top}) set.add(std::move(*blob));
    return {};
}

}  // namespace

Result<SavedImage> save_image(const Destination& from, const std::optional<oci::Platform>& platform,
                              const std::vector<CarriedFile>& files, const std::filesystem::path& folder,
                              oci::registry::Registries& registries, Progress& progress) {
    TRY(check_place(from));
    TRY(oci::check_free(folder));  // before anything is fetched
    auto name = TRY(tag_of(from));
    auto gathered = TRY(oci::gather(from, platform, oci::Attachments::taken, registries));
    TRY(oci::bring(gathered));
    auto& set = gathered.set;
    SavedImage out{{}, set.attached};
    mark_for_cosign(set);
    for (const auto& file : files) TRY(add_file(set, file));
    progress.begin("writing", set.size());
    TRY(context(oci::write_new_layout(set, folder, name, progress), folder.string()));
    progress.end();
    out.written = {set.top.descriptor.digest, set.size()};
    return out;
}

Result<SavedImage> load_image(const std::filesystem::path& folder, const Destination& to,
                              oci::registry::Registries& registries, Progress& progress) {
    TRY(check_place(to));
    Destination from{Destination::Kind::oci_layout, folder, {}};
    auto gathered = TRY(oci::gather(from, {}, oci::Attachments::taken, registries));
    SavedImage out{{}, gathered.set.attached};
    out.written = TRY(context(oci::write_gathered(std::move(gathered), from, to, registries, progress), to.text()));
    return out;
}

Result<std::optional<Blob>> carried_file(const std::filesystem::path& folder, const FileKind& kind) {
    auto store = TRY(oci::BlobStore::of_folder(folder));
    auto index = TRY(store->open("index.json"));
    auto entries = TRY(oci::read_index(as_text(index.bytes), "index.json"));
    auto entry = std::ranges::find(entries, kind.type, &oci::IndexEntry::artifact_type);
    if (entry == entries.end()) return std::nullopt;
    auto content = oci::content_of(std::move(store));
    auto what = fmt::format("the artifact '{}'", kind.name);
    auto text = TRY(content->document(entry->descriptor, what));
    auto facts = TRY(oci::read_facts(text, entry->descriptor.media_type, what));
    if (facts.artifact_type != kind.type || facts.blobs.size() != 2)
        return fail(ErrorCode::format, fmt::format("{} should have the type {} and one layer", what, kind.type));
    const auto& layer = facts.blobs[1];
    auto piece = TRY(content->layer(layer, what));
    return Blob{layer, {std::move(piece)}, std::string(kind.name)};
}

}  // namespace pith::trust
