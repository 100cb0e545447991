// Package URLs (purl-spec, PURL-SPECIFICATION.rst and types/deb-definition.json; qualifiers as Syft writes them, so
// that scanners take ours for theirs).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "inventory/inventory.h"

namespace pith::inventory {

// Letters, digits and "-._~" stay; all else is percent-encoded, in upper-case hexadecimal.
[[nodiscard]] std::string percent_encoded(std::string_view text);

// pkg:deb/debian/NAME@VERSION?arch=A&distro=debian-13.8&upstream=SOURCE%40VERSION, where `upstream` is left out if the
// source has the package's name and version, and its version if that is the same.
[[nodiscard]] std::string deb_purl(const Package& package, const Distribution& distribution);

struct Purl {
    std::string type, space, name, version;
    std::map<std::string, std::string, std::less<>> qualifiers;
};
// What a package URL says, decoded; nothing where it is none. At most 8 KiB.
[[nodiscard]] std::optional<Purl> parse_purl(std::string_view text);
// The facts of a package that its URL carries: the other way round from package_purl().
[[nodiscard]] Package package_of(const Purl& purl);

// The package URL of any package, by its type (purl-spec, types/*-definition.json):
//   deb     as above
//   apk     pkg:apk/ID/NAME@VERSION?arch=A&distro=ID-VERSION&upstream=ORIGIN, the origin where it has another name
//   rpm     pkg:rpm/ID/NAME@VERSION-RELEASE?arch=A&distro=ID-VERSION&epoch=E&upstream=FILE.src.rpm; "redhat" for rhel
//   maven   pkg:maven/GROUP/NAME@VERSION of the name GROUP:NAME; without a group the name stands for it, as with Syft
//   others  pkg:TYPE/NAMESPACE/NAME@VERSION, the namespace being what stands before the name's last '/'
[[nodiscard]] std::string package_purl(const Package& package, const Distribution& distribution);

// pkg:oci/NAME@sha256%3A…?arch=amd64 (types/oci-definition.json).
[[nodiscard]] std::string image_purl(std::string_view name, const Digest& digest, const oci::Platform& platform);
// The same of an index, which is of no architecture.
[[nodiscard]] std::string index_purl(std::string_view name, const Digest& digest);

}  // namespace pith::inventory
