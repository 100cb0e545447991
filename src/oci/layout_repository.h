// An image layout as a repository: manifests and artifacts beside the images that they belong to. Its index.json names
// every manifest; what refers to a digest is found by its `subject`, also where other tools left it out of index.json.
//
// Limits: manifests of 4 MiB; 1,000,000 blobs are looked at for subjects. Other processes that write to the layout
// through pith are waited for.
#pragma once

#include <filesystem>
#include <map>

#include "oci/repository.h"

namespace pith::oci {

class LayoutRepository final : public Repository {
public:
    // not_found where there is no layout.
    [[nodiscard]] static Result<std::unique_ptr<Repository>> open(std::filesystem::path folder);

    [[nodiscard]] std::string name() const override { return "oci:" + m_folder.string(); }
    // `wanted` may be empty: the only image of the layout.
    [[nodiscard]] Result<Document> manifest(const std::string& wanted) override;
    [[nodiscard]] Result<std::string> blob(const Descriptor& descriptor) override;
    [[nodiscard]] Result<std::vector<std::string>> tags() override;
    [[nodiscard]] Result<std::vector<Referrer>> referrers(const Digest& subject) override;
    void expect(const std::vector<std::string>&, const std::vector<Descriptor>&) override {}
    [[nodiscard]] Result<Descriptor> push_blob(std::string_view bytes, std::string_view media_type) override;
    [[nodiscard]] Result<Descriptor> push_manifest(std::string_view bytes, const std::string& tag) override;

private:
    explicit LayoutRepository(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    [[nodiscard]] std::filesystem::path blob_path(const Digest& digest) const;
    [[nodiscard]] Result<Document> read_manifest(const Digest& digest, std::string_view said) const;
    [[nodiscard]] Result<std::string> read_index_file() const;
    using BySubject = std::map<Digest, std::vector<Digest>>;
    [[nodiscard]] Result<BySubject> find_referrers() const;

    std::filesystem::path m_folder;
    std::optional<BySubject> m_referrers;  // as they were when they were first asked for, or last added to
};

}  // namespace pith::oci
