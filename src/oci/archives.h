// Images in one file: a layout in a tar (oci-archive), and what `docker load` takes (docker-archive).
#pragma once

#include <filesystem>

#include "base/progress.h"
#include "oci/blobs.h"

namespace pith::oci {

// The archive holds only these images; a former file of that name is replaced.
[[nodiscard]] Result<> write_oci_archive(const BlobSet& set, const std::filesystem::path& file, std::string_view name,
                                         Progress& progress);

// Docker's own format, with the layers compressed as they are. `name` is NAME:TAG, or empty for an image that is
// known by its digest only. The configuration is written as it is. Layers in zstd are `unsupported`: Docker reads them
// only in recent versions.
[[nodiscard]] Result<> write_docker_archive(const Blob& config, const std::vector<Blob>& layers,
                                            const std::filesystem::path& file, std::string_view name,
                                            Progress& progress);

}  // namespace pith::oci
