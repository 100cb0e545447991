#include "oci/registry/registries.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pith::oci::registry {

namespace {

class InRegistry : public Content, public LayerSource, public std::enable_shared_from_this<InRegistry> {
public:
    InRegistry(std::shared_ptr<Client> client, const Cache& cache, Progress& progress)
        : m_client(std::move(client)), m_cache(cache), m_progress(progress) {}

    Result<std::string> document(const Descriptor& descriptor, std::string_view what) const override {
        if (descriptor.size > most_document_bytes)
            return fail(ErrorCode::limit, fmt::format("{} is larger than {}", what, human_size(most_document_bytes)));
        if (!is_manifest_type(descriptor.media_type)) return context(m_client->blob(descriptor), what);
        auto manifest = TRY(context(m_client->manifest(descriptor.digest.text()), what));
        if (manifest.descriptor.size != descriptor.size)
            return fail(ErrorCode::integrity, fmt::format("{} has {} bytes, and its descriptor says {}", what,
                                                          manifest.descriptor.size, descriptor.size));
        return std::move(manifest.bytes);
    }

    Result<Piece> layer(const Descriptor& descriptor, std::string_view) const override {
        return Piece(m_cache.blob_path(descriptor.digest));
    }

    std::shared_ptr<const LayerSource> source() const override { return shared_from_this(); }

    Result<> bring(const std::vector<Descriptor>& layers) const override { return m_client->bring(layers, m_progress); }

private:
    std::shared_ptr<Client> m_client;
    const Cache m_cache;
    Progress& m_progress;
};

std::string text_of(const Blob& blob) { return std::string(as_text(*std::get<1>(blob.pieces.front()))); }

// The manifests of a set, each after those that it refers to. The name comes last: whoever finds the image by it finds
// what is attached to it, too.
class Manifests {
public:
    explicit Manifests(const BlobSet& set) : m_set(set) {
        for (const auto& blob : set.blobs)
            if (is_manifest_type(blob.descriptor.media_type)) m_manifests.emplace(blob.descriptor.digest, &blob);
    }
    Result<> put_all(Client& client, const Reference& to) {
        const auto& top = m_set.top.descriptor;
        if (!m_set.attached.empty()) TRY(put(client, top, {}));
        for (const auto& each : m_set.attached) TRY(put(client, each.descriptor, each.name));
        return put(client, top, to.digest ? std::string() : to.wanted());
    }

private:
    Result<> put(Client& client, const Descriptor& descriptor, const std::string& tag) {
        auto found = m_manifests.find(descriptor.digest);
        if (found == m_manifests.end()) return {};
        bool is_there = !m_put.insert(descriptor.digest).second;
        if (is_there && tag.empty()) return {};
        auto text = text_of(*found->second);
        for (const auto& each : TRY(read_facts(text, descriptor.media_type, "a manifest")).manifests)
            TRY(put(client, each, {}));
        (void)TRY(client.push_manifest(text, tag));
        return {};
    }

    const BlobSet& m_set;
    std::map<Digest, const Blob*> m_manifests;
    std::set<Digest> m_put;
};

}  // namespace

Result<std::shared_ptr<Client>> Registries::client(const Reference& reference, Access access) {
    auto& clients = access == Access::push ? m_pushing : m_pulling;
    auto& known = clients[reference.name()];
    if (!known) known = TRY(Client::open(reference, m_settings, m_cache, access));
    return known;
}

Result<Found> Registries::find(std::string_view text) {
    auto reference = TRY(Reference::parse(text));
    auto pulling = TRY(client(reference, Access::pull));
    auto top = TRY(pulling->manifest(reference.wanted())).descriptor;
    return Found{std::make_shared<InRegistry>(std::move(pulling), m_cache, m_progress), std::move(top), {}};
}

Result<> Registries::push(const BlobSet& set, const Reference& to, const std::string& source, const Bring& bring,
                          Progress& progress) {
    if (to.digest && *to.digest != set.top.descriptor.digest)
        return fail(ErrorCode::usage, fmt::format("the image has the digest {}, and cannot be written under another",
                                                  set.top.descriptor.digest.text()));
    auto pushing = TRY(client(to, Access::push));
    std::vector<Blob> blobs;
    for (const auto& blob : set.blobs)
        if (!is_manifest_type(blob.descriptor.media_type)) blobs.push_back(blob);
    auto outcomes = TRY(pushing->push_blobs(blobs, source, progress));
    std::vector<Blob> wanted;
    for (std::size_t i = 0; i < blobs.size(); ++i)
        if (outcomes[i] == BlobOutcome::wanted) wanted.push_back(std::move(blobs[i]));
    if (!wanted.empty()) {
        TRY(bring(wanted));
        (void)TRY(pushing->push_blobs(wanted, {}, progress));
    }
    return Manifests(set).put_all(*pushing, to);
}

}  // namespace pith::oci::registry
