// All readers as one: which contents to keep of a layer, and what is installed in a merged view.
#pragma once

#include "inventory/packages/reader.h"

namespace pith::inventory::packages {

// For oci::Selection; the first reader that wants a path has it.
[[nodiscard]] std::uint64_t most_of(std::string_view path, std::string_view head);
[[nodiscard]] std::optional<std::string> reduce(std::string_view path, ByteView content);

struct Gathered {
    std::vector<InstalledPackage> distribution;  // the order is that of the readers, and in one that of paths
    std::vector<InstalledPackage> others;
    std::vector<Unread> unread;
};

// Errors: those of a distribution's database; limit (1,000,000 packages).
[[nodiscard]] Result<Gathered> gather(const oci::View& view);

}  // namespace pith::inventory::packages
