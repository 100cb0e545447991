// Regular expressions over the output of programs.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pith::runner {

// Is there a match of `pattern` in the text? POSIX extended syntax (IEEE 1003.1, 9.4) without back-references,
// in which '^' and '$' stand for the ends of lines; of the text the first 256 KiB count. A usage error where the
// pattern is no regular expression.
[[nodiscard]] Result<bool> finds(const std::string& pattern, std::string_view text);

}  // namespace pith::runner
