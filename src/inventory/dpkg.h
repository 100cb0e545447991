// dpkg's database as it stands in an image: var/lib/dpkg/status, or a file a package in status.d (as Distroless has
// it), with the lists of files beside them. Sources: dpkg(1) "FILES", deb-md5sums(5), dpkg-query's status
// abbreviations; Distroless's README on status.d.
//
// Limits: 100,000 packages. Errors (format, limit) name the file and line. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "inventory/inventory.h"
#include "oci/view.h"

namespace pith::inventory {

struct InstalledPackage {
    Package package;                 // without purl, licence, layers and files
    std::vector<std::string> paths;  // as its lists have them, clean: files, and folders where a `.list` is there
};

// In the order of the database. What was seen and could not be read is added to `notes`.
[[nodiscard]] Result<std::vector<InstalledPackage>> read_dpkg(const oci::View& view, std::vector<std::string>& notes);

// The stanzas of one status file; those of packages that are not installed are left out.
[[nodiscard]] Result<std::vector<InstalledPackage>> read_status(std::string_view text, const std::string& path);

// Whether a path belongs to the database, and the largest such file that is read; 0 if it does not.
[[nodiscard]] std::uint64_t most_of_dpkg_file(std::string_view path);

}  // namespace pith::inventory
