// Image layouts: a folder of blobs and an index of names (image-spec, image-layout.md).
#pragma once

#include <filesystem>

#include "base/progress.h"
#include "oci/blobs.h"

namespace pith::oci {

// The content of the file oci-layout, which says that a folder is a layout.
[[nodiscard]] std::string_view layout_mark();

// Adds the blobs to the layout at `folder` and lists `tops`; makes the layout where there is none or an empty folder.
// Other processes that write to the same layout through pith are waited for. On an error the folder is as it was
// before.
[[nodiscard]] Result<> add_to_layout(const std::vector<Blob>& blobs, const std::vector<Top>& tops,
                                     const std::filesystem::path& folder, Progress& progress);
// The same for what a name leads to, and what is attached to it.
[[nodiscard]] Result<> write_layout(const BlobSet& set, const std::filesystem::path& folder, std::string_view name,
                                    Progress& progress);
// The same as a layout of its own: `folder` must not exist or be empty (usage), and is there when all of it is.
[[nodiscard]] Result<> write_new_layout(const BlobSet& set, const std::filesystem::path& folder, std::string_view name,
                                        Progress& progress);

}  // namespace pith::oci
