// Lays the packages' files out into one tree, as dpkg would unpack them side by side.
//
// A folder keeps the owner and mode of base-files if that ships it, else of the first package by name, as
// with dpkg, which never changes a folder that is there. A file that two packages ship belongs to the one that
// Replaces the other (Debian policy 7.6.1); without that it is an error. Setuid and setgid bits of files
// go unless the definition keeps them.
#pragma once

#include "compose/plan.h"

namespace pith::compose {

[[nodiscard]] Result<> lay_out(const PlanInputs& inputs, Plan& plan);

}  // namespace pith::compose
