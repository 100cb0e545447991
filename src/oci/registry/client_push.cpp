// What a client sends: blobs, manifests, and what is listed where a registry keeps no list of referrers.
#include <fmt/format.h>

#include "oci/registry/client.h"

namespace pith::oci::registry {

namespace {

constexpr std::size_t most_mount_sources = 4;

}  // namespace

// Where else in the registry a blob was seen, so that it can be mounted from there.
std::string Client::known_place(const Digest& blob) const {
    auto record = m_cache.record("blob-places", sha256(fmt::format("{} {}", m_endpoint.host, blob.text())));
    if (!record || *record == m_repository || !Reference::parse_repository(m_endpoint.host + "/" + *record)) return {};
    return std::move(*record);
}

void Client::note_place(const Digest& blob) const {
    // Without the record it is only not mounted.
    (void)m_cache.put_record("blob-places", sha256(fmt::format("{} {}", m_endpoint.host, blob.text())), m_repository);
}

Result<std::vector<BlobOutcome>> Client::push_blobs(const std::vector<Blob>& blobs, const std::string& source,
                                                    Progress& progress) {
    std::vector<std::unique_ptr<net::Conversation>> pushes;
    std::vector<Result<BlobOutcome>> outcomes(blobs.size());
    std::set<std::string> sources;
    for (std::size_t i = 0; i < blobs.size(); ++i) {
        auto from = source.empty() ? known_place(blobs[i].descriptor.digest) : source;
        if (from == m_repository || (sources.size() >= most_mount_sources && !sources.contains(from))) from.clear();
        if (!from.empty() && sources.insert(from).second)
            m_authorization.add_optional_scope(fmt::format("repository:{}:pull", from));
        BlobPush::Options options{m_settings.chunk_bytes, m_repository, std::move(from)};
        pushes.push_back(std::make_unique<BlobPush>(m_endpoint, blobs[i], std::move(options), outcomes[i]));
    }
    m_authorization.begin();
    net::converse(pushes, m_settings.net, progress);
    std::vector<BlobOutcome> out;
    for (std::size_t i = 0; i < blobs.size(); ++i) {
        auto outcome = TRY(context(std::move(outcomes[i]), name()));
        out.push_back(outcome);
        if (outcome == BlobOutcome::wanted) continue;
        note_place(blobs[i].descriptor.digest);
        if (outcome != BlobOutcome::sent) progress.advance(blobs[i].descriptor.size);
    }
    return out;
}

Result<Descriptor> Client::push_blob(std::string_view bytes, std::string_view media_type) {
    auto held = std::make_shared<const Bytes>(to_bytes(bytes));
    Blob blob{{std::string(media_type), sha256(*held), held->size()}, {held}, "an artifact's blob"};
    Progress silent;
    (void)TRY(push_blobs({blob}, m_repository, silent));  // so small that it is not looked for elsewhere
    return blob.descriptor;
}

Result<net::Response> Client::put_manifest(std::string_view bytes, std::string_view media_type,
                                           const std::string& wanted) {
    auto put = request(fmt::format("{}/manifests/{}", m_repository, wanted), net::Method::put);
    put.headers = {{"Content-Type", std::string(media_type)}};
    auto held = std::make_shared<const Bytes>(to_bytes(bytes));
    put.upload = TRY(PiecesUpload::open({{{}, {}, held->size()}, {held}, "a manifest"}));
    auto answer = TRY(context(ask(put), name()));
    if (answer.status != 201)
        return std::unexpected(
            unexpected_answer(m_endpoint, answer, fmt::format("place for the manifest '{}'", wanted)));
    auto digest = sha256(bytes);
    if (auto kept = read_digest(answer.header("Docker-Content-Digest")); kept && *kept != digest)
        return fail(ErrorCode::integrity, fmt::format("{} was sent a manifest with the digest {} and keeps {}", name(),
                                                      digest.text(), kept->text()));
    return answer;
}

Result<Descriptor> Client::push_manifest(std::string_view bytes, const std::string& tag) {
    auto facts = TRY(read_facts(bytes, "", "the manifest to push"));
    Document document{{facts.media_type, sha256(bytes), bytes.size()}, std::string(bytes)};
    auto answer = TRY(put_manifest(bytes, facts.media_type, tag.empty() ? document.descriptor.digest.text() : tag));
    m_resolved.erase(tag);
    m_resolved.erase(document.descriptor.digest.text());
    auto referrer = referrer_of(document, facts);
    if (referrer && answer.header("OCI-Subject").empty()) TRY(list_in_fallback(*referrer, facts.subject->digest));
    return document.descriptor;
}

Result<> Client::list_in_fallback(const Referrer& added, const Digest& subject) {
    auto tag = referrers_tag(subject);
    m_resolved.erase(tag);
    std::optional<std::string> existing;
    if (auto found = TRY(find_manifest(tag))) existing = std::move(found->bytes);
    auto index = TRY(context(referrers_index(existing, added), tag));
    m_resolved.erase(tag);
    (void)TRY(put_manifest(index, media_type::index, tag));
    return {};
}

}  // namespace pith::oci::registry
