// The readers that stand in the files beside this one.
#pragma once

#include "inventory/packages/reader.h"

namespace pith::inventory::packages {

extern const Reader dpkg_reader, apk_reader, rpm_reader;  // of distributions
extern const Reader python_reader, node_reader, java_reader;
extern const Reader executable_reader;  // Go, Rust, package notes, signatures

}  // namespace pith::inventory::packages
