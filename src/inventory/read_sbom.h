// A bill of materials → Inventory: SPDX 2.x, CycloneDX 1.x and Syft's own, in JSON, from whoever wrote it.
//
// The packages are those that have a package URL, whose facts are taken from it; one that has none is counted under
// what could not be read. The distribution is the one that the document names, else the one that the package URLs name.
// Files and layers are not read. Limits: 512 MiB, 64 levels, 1,000,000 packages. Errors: format, limit, unsupported.
// Thread-safety: functions without state.
#pragma once

#include <filesystem>

#include "inventory/inventory.h"

namespace pith::inventory {

[[nodiscard]] Result<Inventory> read_sbom(std::string_view text);
// The same, from a file that the error names.
[[nodiscard]] Result<Inventory> read_sbom_file(const std::filesystem::path& file);

}  // namespace pith::inventory
