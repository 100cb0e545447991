// A Packages file, the index of a Debian repository, package by package.
// Sources: deb-control(5), the Debian wiki's RepositoryFormat ("Packages" indices).
//
// A stanza that is broken is an error, never left out: an index with a hole would change what is installed.
// Errors (format, limit, unsupported) read "NAME:LINE: package P, FIELD: …". Thread-safe.
#pragma once

#include <functional>
#include <string_view>

#include "pkg/model.h"

namespace pith::pkg::deb {

// Gives every package of `text` (not compressed) to `sink`, in the file's order, and ends with the first error
// of the file or the sink. `name` is the file's name for messages.
//
// Beyond the fields of a control file, Filename, Size and SHA256 must be there. Filename becomes `path`, cleaned
// ("./x.deb" is "x.deb"); one that is absolute or has ".." is refused.
[[nodiscard]] Result<> read_packages(std::string_view text, std::string_view name,
                                     const std::function<Result<>(Package&&)>& sink);

}  // namespace pith::pkg::deb
