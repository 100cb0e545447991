// dpkg's database as it stands in an image: var/lib/dpkg/status, or a file a package in status.d (as Distroless has
// it), with the lists of files beside them. Sources: dpkg(1) "FILES", deb-md5sums(5), dpkg-query's status
// abbreviations; Distroless's README on status.d.
//
// Limits: 100,000 packages. Errors (format, limit) name the file and line. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "inventory/packages/reader.h"

namespace pith::inventory::packages {

// The stanzas of one status file; those of packages that are not installed are left out.
[[nodiscard]] Result<std::vector<InstalledPackage>> read_status(std::string_view text, const std::string& path);

}  // namespace pith::inventory::packages
