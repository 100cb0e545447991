// One repository of a registry: what the distribution specification lets a client do with it.
//
// Manifests are hashed whatever the registry says of them, tags are resolved once, and blobs are checked against their
// descriptors. Lists of several pages are followed within the same registry, 1000 pages at most.
// Source: distribution-spec 1.1. Errors: those of Repository (repository.h); network where one must log in.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "base/cache.h"
#include "base/progress.h"
#include "oci/blobs.h"
#include "oci/registry/blob_push.h"
#include "oci/registry/exchange.h"
#include "oci/registry/reference.h"
#include "oci/repository.h"

namespace pith::oci::registry {

class Client final : public Repository {
public:
    // Of the reference its host and repository count. `settings` and `cache` must outlive the client.
    [[nodiscard]] static Result<std::unique_ptr<Client>> open(const Reference& reference, const Settings& settings,
                                                              const Cache& cache, Access access);

    [[nodiscard]] std::string name() const override { return m_endpoint.host + "/" + m_repository; }
    [[nodiscard]] Result<Document> manifest(const std::string& wanted) override;
    [[nodiscard]] Result<std::string> blob(const Descriptor& descriptor) override;
    [[nodiscard]] Result<std::vector<std::string>> tags() override;
    [[nodiscard]] Result<std::vector<Referrer>> referrers(const Digest& subject) override;
    void expect(const std::vector<std::string>& manifests, const std::vector<Descriptor>& blobs) override;
    [[nodiscard]] Result<Descriptor> push_blob(std::string_view bytes, std::string_view media_type) override;
    [[nodiscard]] Result<Descriptor> push_manifest(std::string_view bytes, const std::string& tag) override;

    // Sees to it that the cache holds these blobs, as good ones. Bytes move for those alone that it lacks.
    [[nodiscard]] Result<> bring(const std::vector<Descriptor>& blobs, Progress& progress);

    // Those that the registry lacks are mounted, from `source` (a repository of the same registry; may be empty) or
    // from where this cache has seen them, or sent. A blob without pieces that would have to be sent is `wanted`.
    [[nodiscard]] Result<std::vector<BlobOutcome>> push_blobs(const std::vector<Blob>& blobs, const std::string& source,
                                                              Progress& progress);

    // Whether the registry lets one in, by its base.
    [[nodiscard]] Result<> check_access();
    void use(Credentials credentials) { m_authorization.use(std::move(credentials)); }

private:
    Client(const Reference& reference, const Settings& settings, const Cache& cache);
    [[nodiscard]] net::Request request(std::string_view path, net::Method method = net::Method::get) const;
    [[nodiscard]] Result<Document> read_document(const std::string& wanted, net::Response answer) const;
    // One request after another, and beside them what is expected.
    [[nodiscard]] Result<> ask_on(net::Request first, Steps::Step step);
    [[nodiscard]] Result<net::Response> ask(const net::Request& request);
    // Nothing where there is no manifest of that name.
    [[nodiscard]] Result<std::optional<Document>> find_manifest(const std::string& wanted);
    [[nodiscard]] Result<> expected_fault(const std::string& url);
    [[nodiscard]] net::Request manifest_request(const std::string& wanted) const;
    [[nodiscard]] Result<std::optional<Document>> take_manifest(const std::string& wanted, net::Response answer);
    [[nodiscard]] std::string blob_name(const Descriptor& descriptor) const;
    [[nodiscard]] net::Request blob_request(const Descriptor& descriptor) const;
    [[nodiscard]] Result<std::string> take_blob(const Descriptor& descriptor, net::Response answer) const;
    [[nodiscard]] net::Request list_request(const std::string& what) const;
    using TakePage = std::function<Result<>(const net::Response&)>;
    [[nodiscard]] Steps::Step each_page(net::Request page, TakePage take) const;
    [[nodiscard]] Result<net::Response> put_manifest(std::string_view bytes, std::string_view media_type,
                                                     const std::string& wanted);
    [[nodiscard]] Result<> list_in_fallback(const Referrer& added, const Digest& subject);
    [[nodiscard]] std::string known_place(const Digest& blob) const;
    void note_place(const Digest& blob) const;

    Settings m_settings;
    Authorization m_authorization;
    Endpoint m_endpoint;
    std::string m_repository;
    const Cache& m_cache;
    std::set<std::string> m_expected_manifests;
    std::map<Digest, Descriptor> m_expected_blobs;
    std::map<std::string, Error> m_faults;                      // of what was expected, by URL, until they are told
    std::map<std::string, std::optional<Document>> m_resolved;  // tags, and digests that lead to nothing
};

}  // namespace pith::oci::registry
