// The registries that a command speaks with: one client for each repository, so that what a tag leads to is asked once.
// Thread-safety: one thread at a time.
#pragma once

#include "oci/content.h"
#include "oci/registry/client.h"

namespace pith::oci::registry {

class Registries {
public:
    Registries(Settings settings, const Cache& cache, Progress& progress)
        : m_settings(std::move(settings)), m_cache(cache), m_progress(progress) {}

    // A client of the repository that is kept, or a new one where access to it was only to pull.
    [[nodiscard]] Result<std::shared_ptr<Client>> client(const Reference& reference, Access access);
    // What a name leads to; see find_content().
    [[nodiscard]] Result<Found> find(std::string_view reference);
    // Puts the blobs, then the manifests among them, into the repository, what the name leads to last. `source` is a
    // repository of the same registry that has them, or empty; `bring` then gets the blobs that cannot be mounted, and
    // gives them with their pieces.
    using Bring = std::function<Result<>(std::vector<Blob>& blobs)>;
    [[nodiscard]] Result<> push(const BlobSet& set, const Reference& to, const std::string& source, const Bring& bring,
                                Progress& progress);

    [[nodiscard]] const Settings& settings() const { return m_settings; }
    [[nodiscard]] const Cache& cache() const { return m_cache; }

private:
    Settings m_settings;
    const Cache m_cache;
    Progress& m_progress;
    std::map<std::string, std::shared_ptr<Client>> m_pulling, m_pushing;  // by name
};

}  // namespace pith::oci::registry
