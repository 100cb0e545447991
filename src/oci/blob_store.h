// Where the files of an image layout or of a Docker archive are read from: a folder, or a tar that is mapped and whose
// headers alone are read. Thread-safe once open.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "oci/image.h"

namespace pith::oci {

class BlobStore {
public:
    virtual ~BlobStore() = default;
    // A file by its path in the layout ("index.json", "blobs/sha256/…"); not_found if it is not there.
    [[nodiscard]] virtual Result<MappedPart> open(std::string_view path) const = 0;

    [[nodiscard]] static Result<std::unique_ptr<BlobStore>> of_folder(std::filesystem::path folder);
    // Links inside the archive are followed, for `docker save` wrote some. A tar that is itself compressed is
    // `unsupported`.
    [[nodiscard]] static Result<std::unique_ptr<BlobStore>> of_archive(const std::filesystem::path& file);
};

}  // namespace pith::oci
