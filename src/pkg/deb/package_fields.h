// The fields of a package's stanza, read by a table, so that a control file and Packages agree.
// Source: deb-control(5). Thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "pkg/deb/deb822.h"
#include "pkg/model.h"

namespace pith::pkg::deb {

struct PackageField {
    std::string_view name;
    bool required;
    Result<> (*read)(std::string_view value, Package& out);
};

// Reads the fields that control files and Packages share, then those of `more`. Package, Version and Architecture
// must be there; Source is filled from them where it is missing. Fields without a row are not looked at.
// Errors (format, limit, unsupported) read "FILE:LINE: package P, FIELD: …".
[[nodiscard]] Result<Package> read_package_fields(const Stanza& stanza, std::string_view file,
                                                  std::span<const PackageField> more = {});

}  // namespace pith::pkg::deb
