// What one layer holds: its entries, digests of its files, and the contents of those that a reader asks for. A layer is
// read once, as a stream, and the listing is kept in the cache under the layer's digest: the images that share the
// layer, and later runs, do not read it again.
//
// Limits: 4,000,000 entries and 32 GiB a layer; 256 MiB of kept contents; a content that is reduced is held in memory
// meanwhile. Errors: integrity where the layer is not what its digest or diffID says, format, limit, unsupported (what
// archive::TarReader refuses). Thread-safe.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/tar.h"
#include "base/cache.h"
#include "base/thread_pool.h"
#include "oci/image.h"

namespace pith::oci {

using Sha1 = std::array<std::byte, 20>;

struct ListedEntry {
    std::string path;  // clean (archive::clean_path), whiteouts included
    archive::EntryType type = archive::EntryType::file;
    std::uint32_t mode = 0;
    std::uint64_t uid = 0, gid = 0;
    std::int64_t mtime = 0;  // seconds
    std::uint64_t size = 0;
    std::string link;  // of a symlink its target; of a hard link the clean path of its first name
    Digest sha256;     // of a file's content, where the selection asks for digests
    Sha1 sha1{};
    std::optional<std::string> content;  // what the selection keeps of a file
    bool too_large = false;              // it would be kept, and is larger than the selection's bound
};

struct LayerListing {
    std::vector<ListedEntry> entries;  // in the layer's order
};

// Which contents are kept, and what of them. `name` is part of the key in the cache: it changes when the rest does.
struct Selection {
    std::string name;
    // The largest file of that path to look at, 0 for none. `head` is the beginning of its content, perhaps cut short.
    std::function<std::uint64_t(std::string_view path, std::string_view head)> most;
    // What to keep of a whole content; nothing keeps nothing. Without it contents are kept as they are.
    std::function<std::optional<std::string>(std::string_view path, ByteView content)> reduce{};
    bool digests = true;  // of each file; without, they are zeros
};

// One listing a layer, in the image's order.
[[nodiscard]] Result<std::vector<LayerListing>> list_layers(const Image& image, const Selection& selection,
                                                            const Cache& cache, ThreadPool& pool);

// The listing of a folder as a root filesystem. Other file systems mounted in it are not entered. `io` where something
// cannot be read. Not cached.
[[nodiscard]] Result<LayerListing> list_folder(const std::filesystem::path& folder, const Selection& selection);

// A listing in the cache's form. A record that is cut, or made by another version, gives nothing.
[[nodiscard]] std::string to_record(const LayerListing& listing);
[[nodiscard]] std::optional<LayerListing> from_record(std::string_view record);

}  // namespace pith::oci
