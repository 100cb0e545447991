// Inventory → a software bill of materials. The same inventory gives the same bytes: the time is the image's own, and
// the document's name is made from digests. Thread-safe.
#pragma once

#include <string>

#include "inventory/inventory.h"

namespace pith::inventory {

// `version` is the program's.
//
// SPDX 2.3 (the specification's clauses 6 to 12), JSON: the document describes the image, the image contains its
// layers, a layer the packages that have files in it, a package its files; files that no package owns are contained in
// their layer. What was left out stands in annotations of the image.
[[nodiscard]] std::string to_spdx(const Inventory& inventory, std::string_view version);

// CycloneDX 1.6 (ECMA-424), JSON: files are components inside their package's, or their layer's; the relation of image,
// layers and packages stands under `dependencies`. What was left out stands in properties of the image.
[[nodiscard]] std::string to_cyclonedx(const Inventory& inventory, std::string_view version);

// Syft's own JSON (its schema 16), as far as others read it: packages with their places, types and package URLs, the
// source packages of distributions, the distribution.
[[nodiscard]] std::string to_syft_json(const Inventory& inventory, std::string_view version);

// A line for each package URL, sorted.
[[nodiscard]] std::string to_purls(const Inventory& inventory);

// A digest of everything that the documents are made of but the licences' texts; both documents are named after it.
[[nodiscard]] Digest document_digest(const Inventory& inventory, std::string_view kind);

// A UUID (RFC 9562, version 8: made by a rule of one's own) from a digest.
[[nodiscard]] std::string uuid_of(Digest digest);

}  // namespace pith::inventory
