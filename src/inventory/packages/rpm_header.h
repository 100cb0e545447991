// A package's header in rpm's database. Source: rpm's documentation, "RPM V4 Package format", "Header": a count of
// index entries, the size of the data, entries of tag, type, offset and count, then the data, all numbers big-endian.
// Limits: 65,535 entries, 256 MiB of data, 1,000,000 texts of one tag. Errors: format, limit. Thread-safe.
#pragma once

#include "inventory/packages/reader.h"

namespace pith::inventory::packages {

// The package with the paths of its files; its evidence is left to the caller.
[[nodiscard]] Result<InstalledPackage> read_rpm_header(ByteView blob);

}  // namespace pith::inventory::packages
