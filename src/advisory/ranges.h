// Whether a claim holds for a version. Thread-safety: functions without state.
#pragma once

#include <optional>
#include <string>

#include "advisory/model.h"
#include "advisory/order.h"

namespace pith::advisory {

struct Held {
    std::string constraint, fixed;  // ">= 1.0, < 1.2-3", "1.2-3"
};

// Nothing where no range holds. A Python version's local part ("+cu118") counts only against an end that has one.
[[nodiscard]] std::optional<Held> holds(const Claim& claim, std::string_view version, VersionOrder compare,
                                        std::string_view stream);

}  // namespace pith::advisory
