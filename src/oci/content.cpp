#include "oci/content.h"

#include <fmt/format.h>

#include "base/text.h"
#include "oci/attached.h"
#include "oci/registry/registries.h"

namespace pith::oci {

namespace {

class Stored : public Content {
public:
    explicit Stored(std::unique_ptr<BlobStore> store) : m_store(std::move(store)) {}

    Result<std::string> document(const Descriptor& descriptor, std::string_view what) const override {
        auto part = TRY(open(descriptor, what));
        if (part.bytes.size() > most_document_bytes)
            return fail(ErrorCode::limit, fmt::format("{} is larger than {}", what, human_size(most_document_bytes)));
        if (sha256(part.bytes) != descriptor.digest)
            return fail(ErrorCode::integrity,
                        fmt::format("{} does not have the digest {}", what, descriptor.digest.text()));
        return std::string(as_text(part.bytes));
    }

    Result<Piece> layer(const Descriptor& descriptor, std::string_view what) const override {
        return Piece(TRY(open(descriptor, what)));
    }

private:
    Result<MappedPart> open(const Descriptor& descriptor, std::string_view what) const {
        auto part = TRY(context(m_store->open("blobs/sha256/" + descriptor.digest.hex()), what));
        if (part.bytes.size() != descriptor.size)
            return fail(ErrorCode::integrity, fmt::format("{} has {} bytes, and its descriptor says {}", what,
                                                          part.bytes.size(), descriptor.size));
        return part;
    }

    std::unique_ptr<BlobStore> m_store;
};

}  // namespace

Result<IndexEntry> choose_name(const std::vector<IndexEntry>& entries, const std::string& tag) {
    std::vector<std::string> names;
    std::vector<const IndexEntry*> images;
    for (const auto& entry : entries) {
        if (!tag.empty() && (entry.name == tag || entry.descriptor.digest.text() == tag)) return entry;
        if (entry.artifact_type.empty() && !is_attached(entry)) images.push_back(&entry);
        if (!entry.name.empty()) names.push_back(printable(entry.name));
    }
    if (tag.empty() && images.size() == 1) return *images[0];
    if (images.empty()) return fail(ErrorCode::not_found, "it holds no image");
    auto there = names.empty() ? "it names none" : "it has " + join(names, ", ");
    if (tag.empty()) return fail(ErrorCode::usage, fmt::format("it holds several images; add a tag: {}", there));
    return fail(ErrorCode::not_found, fmt::format("it has no tag '{}': {}", tag, there));
}

std::shared_ptr<Content> content_of(std::unique_ptr<BlobStore> store) {
    return std::make_shared<Stored>(std::move(store));
}

Result<Found> find_content(const Destination& place, registry::Registries& registries) {
    if (place.kind == Destination::Kind::registry) return registries.find(place.reference);
    bool folder = place.kind == Destination::Kind::oci_layout;
    auto store = folder ? TRY(BlobStore::of_folder(place.path)) : TRY(BlobStore::of_archive(place.path));
    auto index = TRY(store->open("index.json"));
    auto entry = TRY(choose_name(TRY(read_index(as_text(index.bytes), "index.json")), place.reference));
    return Found{content_of(std::move(store)), std::move(entry.descriptor), std::move(entry.platform)};
}

}  // namespace pith::oci
