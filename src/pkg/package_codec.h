// A package as a few compact bytes, the record of an Index (pkg/universe.h), and back.
//
// Numbers are LEB128 (7 bits a byte, low first); a text is its length and its bytes; a list is its count
// and its items. The fields stand in one fixed order without names, so any change of the order or of
// Package needs a new `index_version` in universe.cpp.
// Thread-safety: the functions hold no state.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "pkg/model.h"

namespace pith::pkg {

void encode(const Package& package, Bytes& out);  // appends

// Every length and count is checked against the bytes that are left; what does not fit, and bytes left
// over at the end, are a format error that names the byte.
[[nodiscard]] Result<Package> decode(ByteView record);

}  // namespace pith::pkg
