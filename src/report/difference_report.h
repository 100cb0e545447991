// What changed between two images: for people, and as JSON. Thread-safe.
#pragma once

#include <string>

#include "inventory/difference.h"

namespace pith::report {

// `files` lists each file that changed; without it they are counted.
[[nodiscard]] std::string to_text(const inventory::Difference& difference, bool files);
// One document, keys in a fixed order, ending in LF; all files are listed with `files`.
[[nodiscard]] std::string to_json(const inventory::Difference& difference, bool files);

}  // namespace pith::report
