#include "oci/registry/file_store.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "oci/repository.h"

namespace pith::oci::registry {

namespace {

constexpr const char* title = "org.opencontainers.image.title";
constexpr std::size_t most_of_name = 100;  // a tag has 128 characters

Descriptor layer_of(const StoredFile& file) { return {file.media_type, file.digest, file.size}; }

// Those of the files that the repository has, or has not.
Result<std::vector<StoredFile>> those(bool there, const std::vector<StoredFile>& files, Client& client) {
    std::set<std::string> tags;
    auto listed = client.tags();
    if (!listed && listed.error().code != ErrorCode::not_found) return std::unexpected(std::move(listed).error());
    if (listed) tags.insert(listed->begin(), listed->end());
    std::vector<StoredFile> out;
    for (const auto& file : files)
        if (tags.contains(file.tag()) == there) out.push_back(file);
    return out;
}

}  // namespace

std::string StoredFile::tag() const {
    auto out = name.substr(0, most_of_name);
    for (auto& c : out)
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '.' && c != '_')
            c = '-';
    return fmt::format("{}-{}", out, digest.hex().substr(0, 16));
}

Result<std::size_t> store_files(const std::vector<StoredFile>& files, const Reference& repository,
                                Registries& registries, Progress& progress) {
    auto client = TRY(registries.client(repository, Access::push));
    auto missing = TRY(those(false, files, *client));
    std::vector<Blob> blobs;
    for (const auto& file : missing)
        blobs.push_back({layer_of(file), {registries.cache().blob_path(file.digest)}, file.name});
    if (missing.empty()) return std::size_t{0};
    (void)TRY(client->push_blobs(blobs, {}, progress));
    (void)TRY(client->push_blob(empty_config, empty_config_type));
    for (const auto& file : missing)
        (void)TRY(context(client->push_manifest(artifact_manifest(layer_of(file), {{title, file.name}}), file.tag()),
                          file.name));
    return missing.size();
}

Result<> bring_files(const std::vector<StoredFile>& files, const Reference& repository, Registries& registries,
                     Progress& progress) {
    auto client = TRY(registries.client(repository, Access::pull));
    std::vector<Descriptor> found;
    for (const auto& file : TRY(those(true, files, *client))) found.push_back(layer_of(file));
    return client->bring(found, progress);
}

}  // namespace pith::oci::registry
