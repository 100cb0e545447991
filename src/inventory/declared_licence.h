// What a package's own metadata declares as its licence → an SPDX expression (SPDX 2.3, annex D). A text that is no
// such expression of names that SPDX has is one licence of its own. Never fails. Thread-safe.
#pragma once

#include "inventory/copyright.h"

namespace pith::inventory {

[[nodiscard]] Copyright declared_licence(std::string_view text);

}  // namespace pith::inventory
