// Relationship fields of Debian packages, and the constraints that users write in a definition.
// Sources: deb-control(5) (Depends to Provides), deb-src-control(5) (restrictions in [] and <>), Debian policy 7.
//
// Limits: 20,000 relations a field, 200 bytes a package name. Errors (format, limit) name the character
// (counted from 1) and what stands there. Thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "pkg/model.h"

namespace pith::pkg::deb {

// What dpkg accepts: letters, digits and "+-._", the first of them a letter or digit; at most 200 bytes.
[[nodiscard]] bool is_package_name(std::string_view text);
// "amd64", "all", "kfreebsd-i386": lower-case letters, digits and '-'.
[[nodiscard]] bool is_architecture(std::string_view text);

// Depends, Pre-Depends, Recommends: "a (>= 1) [amd64 !i386] <!nocheck> | b:any, c".
// A relation restricted to other architectures than `architecture`, or to a build profile, is left out.
[[nodiscard]] Result<std::vector<Alternatives>> parse_depends(std::string_view field, std::string_view architecture);
// Conflicts, Breaks, Replaces: the same without '|'.
[[nodiscard]] Result<std::vector<Relation>> parse_relations(std::string_view field, std::string_view architecture);
// Provides: names, each with an exact version or none. A name with an architecture ("a:any") is `unsupported`.
[[nodiscard]] Result<std::vector<Provide>> parse_provides(std::string_view field, std::string_view architecture);

// One entry of a definition's `packages`: "nginx", "nginx (>= 1.22)", "nginx=1.22.1-9", "nginx>=1.22",
// "nginx~1.27" (see version::deb::matches_prefix), "nginx:arm64"; several of them with '|' between; or one after '!',
// which excludes.
struct PackageRequest {
    Alternatives any_of;
    bool excluded = false;
    bool operator==(const PackageRequest&) const = default;
};
[[nodiscard]] Result<PackageRequest> parse_package_request(std::string_view text);

}  // namespace pith::pkg::deb
