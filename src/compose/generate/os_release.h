// /usr/lib/os-release: read, and changed as a definition asks.
//
// Format: os-release(5): KEY=VALUE lines with the shell's quoting, `#` begins a comment line.
// Limits: a file is at most 64 KiB.
// Thread-safety: functions without state.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pith::compose {

// The keys and their values without quotes, in the file's order. `format` errors name the line.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> read_os_release(std::string_view text);

// The text with the keys' new values where the keys stand, and at the end, by name, those that are not there
// yet; every other line stays as it is. A `usage` error names a key or value that os-release cannot hold.
[[nodiscard]] Result<std::string> edit_os_release(std::string_view text,
                                                  const std::map<std::string, std::string>& values);

}  // namespace pith::compose
