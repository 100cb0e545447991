// The facts of packages that scanners read: /var/lib/dpkg/status.d/NAME, the control stanza with the
// conffiles as dpkg's status has them, and NAME.md5sums, for every package that has a file in the image. Files
// that were left out are not in them. Format: deb-control(5), deb-md5sums(5); the folder is distroless's.
#pragma once

#include "compose/plan.h"

namespace pith::compose {

// Also counts the files of each package.
void add_status_files(Plan& plan);

}  // namespace pith::compose
