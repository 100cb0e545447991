// An image's layers unpacked in order into a folder (image-spec, layer.md, "Applying Changesets").
#pragma once

#include "base/progress.h"
#include "oci/image.h"
#include "oci/root_folder.h"

namespace pith::oci {

// Makes the root folder at `path`; gives whether the files' owners could be set. Each layer is checked against its
// digest and diffID first. Device nodes and extended attributes are `unsupported` errors.
[[nodiscard]] Result<bool> write_root_folder(const Image& image, const std::filesystem::path& path, Progress& progress);

// Applies one uncompressed layer to a tree: whiteouts hide what lower layers hold, everything else is made anew,
// and only a folder over a folder is merged.
[[nodiscard]] Result<> apply_layer(ByteView tar, RootFolder& root);

}  // namespace pith::oci
