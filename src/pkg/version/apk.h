// The order of apk versions, as apk-tools 3 has it (apk-package(5), "VERSION"):
//
//   NUMBER{.NUMBER}[LETTER]{_SUFFIX[NUMBER]}[~HASH][-rNUMBER]
//
// The suffixes alpha, beta, pre and rc come before the bare version; cvs, svn, git, hg and p after it.
// A number behind a dot that begins with 0 compares as text (1.01 < 1.1), any other by value, however long.
// Thread-safety: functions of their arguments alone.
#pragma once

#include <string_view>

namespace pith::pkg::version::apk {

[[nodiscard]] bool is_valid(std::string_view version);

// <0, 0, >0: a total order over all texts. One that is not a valid version is read as far as it goes; what
// cannot be read comes before everything except a pre-release and is itself compared as text with numbers in
// it, and a revision that is not "-rNUMBER" counts as lower than none.
[[nodiscard]] int compare(std::string_view a, std::string_view b);

// apk's `~`: the components of `prefix` are the first ones of `version` ("1.2.3-r0" matches "1.2", not "1.20").
[[nodiscard]] bool matches_prefix(std::string_view version, std::string_view prefix);

}  // namespace pith::pkg::version::apk
