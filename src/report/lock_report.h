// What locking tells its user: what is locked, or what changed since the last time. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "compose/lock/changes.h"
#include "compose/lock/lock_file.h"

namespace pith::report {

struct LockReport {
    std::string file;  // as named by the user
    compose::LockFile lock;
    bool written = false;                                      // false: the file says so already
    bool compared = false;                                     // with what was locked before
    std::vector<std::vector<compose::PackageChange>> changes;  // of each of lock.locks, where compared
};

// Tables without colour: the changes where compared, else the packages.
[[nodiscard]] std::string to_text(const LockReport& report);
// One document, keys in a fixed order, ending in LF.
[[nodiscard]] std::string to_json(const LockReport& report);

}  // namespace pith::report
