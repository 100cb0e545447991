// What the image itself adds to its packages: standard folders, and the definition's `files` and `paths`.
#pragma once

#include "compose/plan.h"

namespace pith::compose {

// The root 0755, /tmp 1777, /root 0700, and the home of the default user 0700 (DESIGN, "Composition"), where nothing
// stands there yet.
void add_standard_folders(Plan& plan);

// contents.files, then paths, in the order of the definition; they win over what packages ship.
[[nodiscard]] Result<> add_own_content(const PlanInputs& inputs, Plan& plan);

}  // namespace pith::compose
