#include "oci/layout_repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "oci/content.h"
#include "oci/layout.h"

namespace pith::oci {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_blobs = 1'000'000;

Blob blob_of(std::string_view bytes, std::string_view media_type) {
    auto held = std::make_shared<const Bytes>(to_bytes(bytes));
    return {{std::string(media_type), sha256(*held), held->size()}, {held}, "an artifact"};
}

// A manifest that a file of the layout holds; nothing for what is none.
std::optional<std::pair<Document, ManifestFacts>> manifest_in(const fs::path& file) {
    auto mapped = MappedFile::open(file);
    if (!mapped || mapped->bytes().size() > most_document_bytes) return std::nullopt;
    auto text = as_text(mapped->bytes());
    if (!text.starts_with('{')) return std::nullopt;
    auto facts = read_facts(text, "", file.filename().string());
    if (!facts) return std::nullopt;
    Document document{{facts->media_type, sha256(mapped->bytes()), text.size()}, std::string(text)};
    return std::pair(std::move(document), std::move(*facts));
}

}  // namespace

Result<std::unique_ptr<Repository>> LayoutRepository::open(fs::path folder) {
    (void)TRY(BlobStore::of_folder(folder));
    return std::unique_ptr<Repository>(new LayoutRepository(std::move(folder)));
}

fs::path LayoutRepository::blob_path(const Digest& digest) const { return m_folder / "blobs/sha256" / digest.hex(); }

Result<std::string> LayoutRepository::read_index_file() const {
    return read_text(m_folder / "index.json", most_index_bytes);
}

Result<Document> LayoutRepository::read_manifest(const Digest& digest, std::string_view said) const {
    auto what = fmt::format("manifest {}", digest.text());
    auto text = TRY(context(read_text(blob_path(digest), most_document_bytes), what));
    if (sha256(text) != digest)
        return fail(ErrorCode::integrity, fmt::format("{} of {} does not have that digest", what, name()));
    auto facts = TRY(read_facts(text, said, what));
    return Document{{facts.media_type, digest, text.size()}, std::move(text)};
}

Result<Document> LayoutRepository::manifest(const std::string& wanted) {
    auto entries = TRY(read_index(TRY(read_index_file()), "index.json"));
    if (auto digest = read_digest(wanted)) return read_manifest(*digest, "");
    auto entry = TRY(context(choose_name(entries, wanted), name()));
    return read_manifest(entry.descriptor.digest, entry.descriptor.media_type);
}

Result<std::string> LayoutRepository::blob(const Descriptor& descriptor) {
    auto what = fmt::format("blob {} of {}", descriptor.digest.text(), name());
    auto bytes = TRY(context(read_text(blob_path(descriptor.digest), most_small_blob), what));
    if (bytes.size() != descriptor.size || sha256(bytes) != descriptor.digest)
        return fail(ErrorCode::integrity, fmt::format("{} is not what its descriptor says", what));
    return bytes;
}

Result<std::vector<std::string>> LayoutRepository::tags() {
    std::set<std::string> out;
    for (auto& entry : TRY(read_index(TRY(read_index_file()), "index.json")))
        if (!entry.name.empty()) out.insert(std::move(entry.name));
    return std::vector(out.begin(), out.end());
}

Result<std::vector<Referrer>> LayoutRepository::referrers(const Digest& subject) {
    std::map<Digest, Referrer> out;
    std::size_t seen = 0;
    std::error_code error;
    for (fs::directory_iterator it(m_folder / "blobs/sha256", error), end; !error && it != end; it.increment(error)) {
        if (++seen > most_blobs)
            return fail(ErrorCode::limit, fmt::format("{} has more than {} blobs", name(), most_blobs));
        auto found = manifest_in(it->path());
        if (!found || !found->second.subject || found->second.subject->digest != subject) continue;
        auto digest = found->first.descriptor.digest;
        if (it->path().filename() == digest.hex()) out.emplace(digest, *referrer_of(found->first, found->second));
    }
    if (error) return fail(ErrorCode::io, fmt::format("cannot read the blobs of {}: {}", name(), error.message()));
    std::vector<Referrer> list;
    for (auto& [digest, referrer] : out) list.push_back(std::move(referrer));
    return list;
}

Result<Descriptor> LayoutRepository::push_blob(std::string_view bytes, std::string_view media_type) {
    auto blob = blob_of(bytes, media_type);
    Progress silent;
    TRY(context(add_to_layout({blob}, nullptr, {}, m_folder, silent), name()));
    return blob.descriptor;
}

Result<Descriptor> LayoutRepository::push_manifest(std::string_view bytes, const std::string& tag) {
    auto facts = TRY(read_facts(bytes, "", "the manifest"));
    auto blob = blob_of(bytes, facts.media_type);
    Top top{blob.descriptor, std::nullopt, facts.artifact_type};
    Progress silent;
    TRY(context(add_to_layout({blob}, &top, tag, m_folder, silent), name()));
    return blob.descriptor;
}

}  // namespace pith::oci
