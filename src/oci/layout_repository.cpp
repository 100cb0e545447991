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
    if (!m_referrers) m_referrers = TRY(find_referrers());
    std::vector<Referrer> out;
    auto found = m_referrers->find(subject);
    if (found == m_referrers->end()) return out;
    for (const auto& digest : found->second) {
        auto document = TRY(read_manifest(digest, ""));
        auto facts = TRY(read_facts(document.bytes, "", fmt::format("manifest {}", digest.text())));
        if (auto referrer = referrer_of(document, facts)) out.push_back(std::move(*referrer));
    }
    return out;
}

Result<LayoutRepository::BySubject> LayoutRepository::find_referrers() const {
    BySubject out;
    std::size_t seen = 0;
    std::error_code error;
    for (fs::directory_iterator it(m_folder / "blobs/sha256", error), end; !error && it != end; it.increment(error)) {
        if (++seen > most_blobs)
            return fail(ErrorCode::limit, fmt::format("{} has more than {} blobs", name(), most_blobs));
        auto found = manifest_in(it->path());
        if (!found || !found->second.subject) continue;
        if (it->path().filename() == found->first.descriptor.digest.hex())
            out[found->second.subject->digest].push_back(found->first.descriptor.digest);
    }
    if (error) return fail(ErrorCode::io, fmt::format("cannot read the blobs of {}: {}", name(), error.message()));
    for (auto& [subject, digests] : out) std::ranges::sort(digests);
    return out;
}

Result<Descriptor> LayoutRepository::push_blob(std::string_view bytes, std::string_view media_type) {
    auto blob = blob_of(media_type, bytes, "an artifact");
    Progress silent;
    TRY(context(add_to_layout({blob}, {}, m_folder, silent), name()));
    return blob.descriptor;
}

Result<Descriptor> LayoutRepository::push_manifest(std::string_view bytes, const std::string& tag) {
    auto facts = TRY(read_facts(bytes, "", "the manifest"));
    auto blob = blob_of(facts.media_type, bytes, "an artifact");
    Progress silent;
    TRY(context(add_to_layout({blob}, {{blob.descriptor, {}, facts.artifact_type, tag}}, m_folder, silent), name()));
    m_referrers.reset();
    return blob.descriptor;
}

}  // namespace pith::oci
