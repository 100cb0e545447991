// Image → Inventory: the pipeline. Layers are listed (in parallel, or from the cache), merged into one view, and the
// package database, the owners of files and the copyright files are read from that.
#pragma once

#include "base/cache.h"
#include "base/thread_pool.h"
#include "inventory/inventory.h"
#include "oci/open_image.h"
#include "oci/view.h"

namespace pith::inventory {

// Any image that oci::open_image gives, or one that was just built. Errors: those of list_layers() and View::merge();
// format for a package database that cannot be read.
[[nodiscard]] Result<Inventory> read_image(const oci::OpenedImage& image, std::string name, const Cache& cache,
                                           ThreadPool& pool);
[[nodiscard]] Result<Inventory> read_folder(const std::filesystem::path& folder);

// A place that Destination names: either of the two above. The name is the reference's, or the file's.
[[nodiscard]] Result<Inventory> read_place(const oci::Destination& place, const std::optional<oci::Platform>& platform,
                                           const Cache& cache, ThreadPool& pool);

// The merged view alone, for tests and what looks at files only.
[[nodiscard]] Result<oci::View> view_of(const oci::Image& image, const Cache& cache, ThreadPool& pool);

// Everything but the image's own facts, from a view.
[[nodiscard]] Result<Inventory> take_inventory(const oci::View& view);

}  // namespace pith::inventory
