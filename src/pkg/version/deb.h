// The order of Debian package versions, "[epoch:]upstream[-revision]".
// Source: deb-version(7) and dpkg's verrevcmp, whose answers these are. Thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace pith::pkg::version::deb {

struct Version {
    std::uint32_t epoch = 0;
    std::string_view upstream, revision;  // point into the parsed text; no revision: empty
};

// What dpkg accepts as a version: at most 512 bytes (a bound of pith's own), an epoch up to 2^31 - 1, no empty
// part, letters, digits and ".+-~:" in the upstream version, and ".+~" in the revision.
[[nodiscard]] Result<Version> parse(std::string_view text);

// <0, 0, >0. For texts that parse() refuses it is still an order, made by the same rules.
[[nodiscard]] int compare(std::string_view a, std::string_view b);

// The fuzzy match of `name~1.27`: `prefix` begins `version` and ends where a number or word of it ends, so that
// 1.27 matches 1.27, 1.27.3-1 and 1.27~rc1 but not 1.270. Without an epoch in `prefix`, any epoch matches.
[[nodiscard]] bool matches_prefix(std::string_view version, std::string_view prefix);

}  // namespace pith::pkg::version::deb
