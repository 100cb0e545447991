// Files kept in a repository of a registry by their digest, each once, so that what an image was made of can still be
// had when others have dropped it.
//
// Each file is the one layer of an artifact (image-spec 1.1, "Guidelines for artifact usage") under a tag made of its
// name and digest. Thread-safety: as the registries.
#pragma once

#include <string>
#include <vector>

#include "oci/registry/registries.h"

namespace pith::oci::registry {

struct StoredFile {
    std::string name;        // "nginx_1.26.3-3_amd64.deb"; begins with a letter or a digit
    std::string media_type;  // "application/vnd.debian.binary-package"
    Digest digest;
    std::uint64_t size = 0;

    // The name as far as a tag can have it, then 16 digits of the digest.
    [[nodiscard]] std::string tag() const;
};

// Puts those that the repository lacks into it, from the cache, which has them all; gives how many. Errors: as for
// pushing.
[[nodiscard]] Result<std::size_t> store_files(const std::vector<StoredFile>& files, const Reference& repository,
                                              Registries& registries, Progress& progress);

// Sees to it that the cache has those of the files that the repository has; which those are, the cache tells. A
// repository that is not there has none.
[[nodiscard]] Result<> bring_files(const std::vector<StoredFile>& files, const Reference& repository,
                                   Registries& registries, Progress& progress);

}  // namespace pith::oci::registry
