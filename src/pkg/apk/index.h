// An apk repository's index as packages of the model.
//
// Format: apk-tools' APKINDEX (apk-repositories(5), apk v2). The text has a block of "K:value" lines a package, with
// an empty line after it; the repository serves it as `APKINDEX.tar.gz`: a gzip member with signatures, then one
// with a tar of `APKINDEX` and `DESCRIPTION`.
//
//   C checksum  P name  V version  A architecture  S size  I installed size  L licence  U homepage  o origin
//   m maintainer  D dependencies and conflicts  p provides  i install_if  k provider_priority
//   r replaces  q replaces_priority          T, t, c: description, build time, commit: not in the model
//
// As in apk-tools, an unknown lower-case key is no obstacle, and an unknown upper-case one is an `unsupported` error.
// Limits: 512 MiB of text, 4 MiB a line, 1,000,000 packages, and those of dependency.h.
// Errors read "NAME:LINE: …" (format, limit, unsupported). Thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "pkg/apk/signature.h"
#include "pkg/model.h"

namespace pith::pkg::apk {

// The packages of an index's text, in its order. Their `path` is "NAME-VERSION.apk", beside the index.
[[nodiscard]] Result<std::vector<Package>> parse_index(std::string_view text, std::string_view name);

// The packages of `APKINDEX.tar.gz` (or of what follows its signatures); no signature is checked.
[[nodiscard]] Result<std::vector<Package>> read_index(ByteView file, std::string_view name);

struct SignedIndex {
    std::vector<Package> packages;
    Signer signer;
};
// The same, once a signature by one of `keys` has been found to hold; nothing is parsed before.
[[nodiscard]] Result<SignedIndex> read_signed_index(ByteView file, const std::vector<PublicKey>& keys,
                                                    std::string_view name);

}  // namespace pith::pkg::apk
