// Image → Inventory: the pipeline. Layers are listed (in parallel, or from the cache), merged into one view, and the
// package database, the owners of files and the copyright files are read from that.
#pragma once

#include "base/cache.h"
#include "base/thread_pool.h"
#include "inventory/inventory.h"
#include "oci/open_image.h"
#include "oci/view.h"

namespace pith::inventory {

// Whether each file is hashed, which takes longer than all else but decompression. Bills of materials in SPDX and
// CycloneDX and comparisons need it, lists of packages do not.
enum class FileDigests { taken, left_out };

// Any image that oci::open_image gives, or one that was just built. What was found is kept in the cache, under the
// digests of the layers. Errors: those of list_layers() and View::merge();
// format for a package database that cannot be read.
[[nodiscard]] Result<Inventory> read_image(const oci::OpenedImage& image, std::string name, const Cache& cache,
                                           ThreadPool& pool, FileDigests digests = FileDigests::taken);
[[nodiscard]] Result<Inventory> read_folder(const std::filesystem::path& folder,
                                            FileDigests digests = FileDigests::taken);

// A place that Destination names: either of the two above. The name is the reference's, or the file's.
[[nodiscard]] Result<Inventory> read_place(const oci::Destination& place, const std::optional<oci::Platform>& platform,
                                           oci::registry::Registries& registries, const Cache& cache, ThreadPool& pool,
                                           FileDigests digests = FileDigests::taken);

// The merged view alone, for tests and what looks at files only.
[[nodiscard]] Result<oci::View> view_of(const oci::Image& image, const Cache& cache, ThreadPool& pool,
                                        FileDigests digests = FileDigests::taken);

// Everything but the image's own facts, from a view.
[[nodiscard]] Result<Inventory> take_inventory(const oci::View& view);

}  // namespace pith::inventory
