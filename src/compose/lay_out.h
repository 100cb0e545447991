// Lays the packages' files out into one tree, as dpkg would unpack them side by side.
//
// A folder keeps the owner and mode of base-files if that ships it, else of the first package by name, as
// with dpkg, which never changes a folder that is there. A file that two packages ship belongs to the one that
// Replaces the other (Debian policy 7.6.1); without that it is an error. Where a script diverts a path, the file
// that another package ships there goes where the diversion says.
#pragma once

#include "compose/plan.h"

namespace pith::compose {

[[nodiscard]] Result<> lay_out(const PlanInputs& inputs, Plan& plan);

// Takes setuid and setgid from every file of the packages and their scripts but those named; a name that has neither
// is a `usage` error. Done when the scripts' effects are in the tree, since they can set these bits as well.
[[nodiscard]] Result<> drop_setuid(const std::vector<std::string>& keep, Plan& plan);

// Of several names of one file of a package the first in the order of paths is the file, and the others are hard
// links to it, which come after it in an archive. Done when the tree is complete: until then each name is a file of
// its own, so that one of them can be replaced, removed or given another mode without harm to the rest.
void settle_hard_links(Plan& plan);

}  // namespace pith::compose
