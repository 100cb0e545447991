#include "oci/layer_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "archive/inflate.h"
#include "archive/tar_stream.h"
#include "base/background_hasher.h"
#include "base/text.h"
#include "oci/entry_lister.h"

namespace pith::oci {

using archive::EntryType;

namespace {

constexpr std::size_t most_entries = 4'000'000;
constexpr std::uint64_t most_layer_bytes = 32 * GiB;
constexpr std::uint64_t most_kept_bytes = 256 * MiB;
constexpr std::uint64_t most_ratio = 2000;  // deflate has at most 1032, and tar headers come near it

class LayerVisitor : public archive::TarVisitor {
public:
    explicit LayerVisitor(const Selection& selection) : lister(selection) {}

    Result<> begin(archive::TarEntry entry, std::uint64_t size) override {
        ListedEntry out;
        out.path = TRY(archive::clean_path(entry.path));
        out.type = entry.type;
        out.mode = entry.mode;
        out.uid = entry.uid;
        out.gid = entry.gid;
        out.mtime = entry.mtime;
        out.size = size;
        out.link = entry.type == EntryType::hardlink ? TRY(archive::clean_path(entry.link)) : std::move(entry.link);
        lister.begin(std::move(out));
        return {};
    }
    Result<> content(ByteView bytes) override { return lister.content(bytes); }
    Result<> end() override { return lister.end(); }

    EntryLister lister;
};

// Hashes what passes by on its way to the reader.
template <class AnyHasher>
class HashingSink : public archive::ByteSink {
public:
    HashingSink(archive::ByteSink& next, AnyHasher& hasher) : m_next(next), m_hasher(hasher) {}
    Result<> write(ByteView bytes) override {
        m_hasher.update(bytes);
        return m_next.write(bytes);
    }

private:
    archive::ByteSink& m_next;
    AnyHasher& m_hasher;
};

// Hashes a blob as it is read, and lets go of the pages of mapped files, of which there may be more than memory.
template <class AnyHasher>
class BlobHasher {
public:
    explicit BlobHasher(const std::vector<MappedPart>& parts) : m_parts(parts) {}
    void used(const MappedPart& part, ByteView bytes) {
        m_hasher.update(bytes);
        if (part.file) MappedFile::release(bytes);
        m_seen += bytes.size();
    }
    // Of all parts, whatever was used of them.
    [[nodiscard]] Digest digest() {
        auto seen = m_seen;
        for (const auto& part : m_parts) {
            auto skipped = std::min<std::uint64_t>(seen, part.bytes.size());
            m_hasher.update(part.bytes.subspan(skipped));
            seen -= skipped;
        }
        return m_hasher.digest();
    }

private:
    const std::vector<MappedPart>& m_parts;
    AnyHasher m_hasher;
    std::uint64_t m_seen = 0;
};

// The bytes of a layer's pieces; files among them are mapped.
Result<std::vector<MappedPart>> map_pieces(const Layer& layer) {
    std::vector<MappedPart> out;
    for (const auto& piece : layer.pieces) {
        if (const auto* path = std::get_if<std::filesystem::path>(&piece)) {
            auto file = std::make_shared<const MappedFile>(TRY(MappedFile::open(*path)));
            auto bytes = file->bytes();
            out.push_back({std::move(file), bytes});
        } else if (const auto* bytes = std::get_if<std::shared_ptr<const Bytes>>(&piece)) {
            out.push_back({nullptr, **bytes});
        } else {
            out.push_back(std::get<MappedPart>(piece));
        }
    }
    return out;
}

Result<> check(const Digest& found, const Digest& wanted, std::string_view what) {
    if (found == wanted) return {};
    return fail(ErrorCode::integrity,
                fmt::format("its {} is {} and not {}: the image is damaged", what, found.text(), wanted.text()));
}

bool is_plain(const MappedPart& part) { return archive::detect_compression(part.bytes) == archive::Compression::none; }

// Both digests are taken while the layer is read, and nothing that was read is given out before they hold.
template <class AnyHasher>
Result<LayerListing> list_layer(const Layer& layer, const Selection& selection) {
    auto parts = TRY(map_pieces(layer));
    BlobHasher<AnyHasher> blob(parts);
    AnyHasher diff;
    LayerVisitor visitor(selection);
    archive::TarStream tar(visitor, {.most_entries = most_entries});
    HashingSink<AnyHasher> hashed(tar, diff);
    bool plain = std::ranges::all_of(parts, is_plain);  // then it has one digest
    archive::ByteSink& sink = plain ? static_cast<archive::ByteSink&>(tar) : hashed;
    auto read = [&]() -> Result<> {
        // Each piece is whole in its compression, whatever the media type says (see image.h).
        for (const auto& part : parts)
            TRY(archive::inflate_to(sink, part.bytes, archive::detect_compression(part.bytes),
                                    {.most_bytes = most_layer_bytes, .most_ratio = most_ratio},
                                    [&](ByteView bytes) { blob.used(part, bytes); }));
        return tar.finish();
    };
    // What cannot be read may be what was damaged, and then that is what to say.
    auto done = read();
    auto digest = blob.digest();
    TRY(check(digest, layer.descriptor.digest, "digest"));
    TRY(std::move(done));
    TRY(check(plain ? digest : diff.digest(), layer.diff_id, "diffID"));
    return visitor.lister.take();
}

Digest record_key(const Layer& layer, const Selection& selection) {
    return sha256(
        fmt::format("listing {} {} {}", selection.name, layer.descriptor.digest.text(), layer.diff_id.text()));
}

// Layers that nobody has listed yet must be here.
Result<> bring_unlisted(const Image& image, const Selection& selection, const Cache& cache) {
    if (!image.source) return {};
    std::vector<Descriptor> unlisted;
    for (const auto& layer : image.layers)
        if (!cache.mapped_record("listings", record_key(layer, selection))) unlisted.push_back(layer.descriptor);
    return image.source->bring(unlisted);
}

Result<LayerListing> list_cached(const Layer& layer, bool alone, const Selection& selection, const Cache& cache) {
    auto key = record_key(layer, selection);
    if (auto record = cache.record("listings", key))
        if (auto listing = from_record(*record)) return std::move(*listing);
    auto listing = TRY(alone ? list_layer<BackgroundHasher>(layer, selection) : list_layer<Hasher>(layer, selection));
    TRY(cache.put_record("listings", key, to_record(listing)));
    return listing;
}

}  // namespace

void EntryLister::begin(ListedEntry entry) {
    if (entry.type == EntryType::file) {
        if (m_selection.digests) m_sha256 = Hasher(), m_sha1 = Hasher(HashKind::sha1);
        m_decided = m_wanted = false;
        m_content.clear();
    }
    m_listing.entries.push_back(std::move(entry));
}

void EntryLister::decide(std::string_view head) {
    auto& entry = m_listing.entries.back();
    auto most = m_selection.most(entry.path, head);
    m_decided = true;
    m_wanted = most > 0 && entry.size <= most;
    entry.too_large = most > 0 && entry.size > most;
}

Result<> EntryLister::content(ByteView bytes) {
    if (m_selection.digests) m_sha256.update(bytes), m_sha1.update(bytes);
    if (!m_decided) decide(as_text(bytes));
    if (!m_wanted) return {};
    auto size = m_listing.entries.back().size;
    if (bytes.size() == size) return keep(bytes);  // the usual case: it came in one piece
    TRY(m_content.append(bytes));
    if (m_content.size() < size) return {};
    TRY(keep(TRY(m_content.view())));
    m_content.clear();
    return {};
}

Result<> EntryLister::keep(ByteView content) {
    auto& entry = m_listing.entries.back();
    entry.content = m_selection.reduce ? m_selection.reduce(entry.path, content) : std::string(as_text(content));
    m_kept += entry.content ? entry.content->size() : 0;
    if (m_kept > most_kept_bytes)
        return fail(ErrorCode::limit, fmt::format("'{}': the package facts of one layer have more than {}",
                                                  printable(entry.path), human_size(most_kept_bytes)));
    return {};
}

Result<> EntryLister::end() {
    auto& entry = m_listing.entries.back();
    if (entry.type != EntryType::file) return {};
    if (m_selection.digests) {
        entry.sha256 = m_sha256.digest();
        std::ranges::copy(m_sha1.finish(), entry.sha1.begin());
    }
    if (entry.size > 0) return {};
    decide("");
    return m_wanted ? keep({}) : Result<>();
}

Result<std::vector<LayerListing>> list_layers(const Image& image, const Selection& selection, const Cache& cache,
                                              ThreadPool& pool) {
    TRY(bring_unlisted(image, selection, cache));
    std::vector<std::uint64_t> sizes;
    for (const auto& layer : image.layers) sizes.push_back(layer.descriptor.size);
    // A layer of more than a core's share keeps its core busy when others are done: those can hash for it. Where all
    // cores have layers to read, hashing what has just been inflated is cheaper than handing it over.
    auto share = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}) / pool.jobs();
    return pool.map_heaviest_first<LayerListing>(sizes, [&](std::size_t i) {
        return context(list_cached(image.layers[i], sizes[i] > share, selection, cache),
                       fmt::format("layer {}", i + 1));
    });
}

}  // namespace pith::oci
