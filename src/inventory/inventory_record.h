// What take_inventory() found, as the cache keeps it: packages, files and their owners, licences, and what could not be
// read. So a second look at an image neither reads nor merges its layers.
//
// The image's own facts (name, digest, platform, time, layers) are not in it, nor is what its build knew. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "inventory/inventory.h"

namespace pith::inventory {

[[nodiscard]] std::string to_record(const Inventory& inventory);
// Nothing for a record that is cut, made by another version, or speaks of packages, files or layers that are not there.
[[nodiscard]] std::optional<Inventory> from_record(std::string_view record, std::size_t layers);

}  // namespace pith::inventory
