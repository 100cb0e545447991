// A .deb: what its control member says, and its files as entries of a tar that stays in memory or mapped.
// Source: deb(5), format 2. Older formats, bzip2 and lzma members are `unsupported` errors.
//
// Members must be debian-binary, control.tar, data.tar in this order; ones whose names begin with '_' are passed
// over as deb(5) asks, any other is an error. The compression is the one that the member's name says.
// Errors (format, limit, unsupported) begin with the member: "data.tar.xz: …"; the caller adds the file.
// Thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "archive/inflate.h"
#include "archive/tar.h"
#include "base/bytes.h"
#include "pkg/deb/control.h"
#include "pkg/model.h"

namespace pith::pkg::deb {

struct DebFile {
    Package package;      // of `control`; whether it is the package that was asked for, the caller checks
    std::string control;  // the text of the control file
    std::map<std::string, std::string> scripts;  // those of preinst, postinst, prerm, postrm, config, templates it has
    std::vector<Md5Sum> md5sums;
    std::vector<Conffile> conffiles;
    std::vector<Trigger> triggers;

    archive::Inflated data;                  // the tar that `entries` point into
    std::vector<archive::TarEntry> entries;  // see read_payload()
};

struct DebLimits {
    std::uint64_t most_control = 16 * MiB;  // of control.tar, inflated
    archive::InflateLimits data{};          // of data.tar
    std::size_t most_entries = 500'000;     // of data.tar
    std::uint64_t most_names = 128 * MiB;   // of all paths and link targets in data.tar together
};

[[nodiscard]] Result<DebFile> read_deb(ByteView file, const DebLimits& limits = {});

// The entries of a data.tar, sorted by path, each path once. Paths and the targets of hard links are clean
// (archive::clean_path); "" is the root itself. A hard link's target is a file of the same package, never
// another link. A folder may stand twice if its owner and mode are the same.
// Refused: paths and symbolic links that leave the root, devices and fifos, hard links without a file, two
// entries for one path, and anything below a path that is not a folder. Missing folders in between are not.
[[nodiscard]] Result<std::vector<archive::TarEntry>> read_payload(ByteView tar, const DebLimits& limits = {});

}  // namespace pith::pkg::deb
