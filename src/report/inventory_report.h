// What an image holds, as a table for people. Thread-safe.
#pragma once

#include <string>

#include "inventory/inventory.h"

namespace pith::report {

[[nodiscard]] std::string to_text(const inventory::Inventory& inventory);

}  // namespace pith::report
