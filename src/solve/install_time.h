// The data file install_time.yaml as it was compiled in, and its reader.
#pragma once

#include <string_view>
#include <vector>

#include "solve/solve.h"

namespace pith::solve {

extern const char* const install_time_text;

// Errors (format) name the line.
[[nodiscard]] Result<std::vector<InstallTimePackage>> read_install_time(std::string_view text, std::string_view name);

}  // namespace pith::solve
