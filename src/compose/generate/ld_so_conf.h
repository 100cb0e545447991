// /etc/ld.so.conf: the folders in which the dynamic linker looks for libraries beside its own.
//
// Format: ldconfig(8) and glibc's elf/ldconfig.c: a folder a line, `#` begins a comment, `include` with
// shell patterns names further files, read in the order of their bytes; `hwcap` lines are ignored.
// Not read, because nothing in Debian uses them: `FOLDER=TYPE` (glibc before 2.37), and bracket patterns
// and backslashes in `include`, which are `unsupported` errors.
// Limits: files include each other 8 deep, 4096 folders and 4096 included files in all.
// Thread-safety: a function without state.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace pith::compose {

// The configuration's files: absolute path → content. What an `include` finds is found among these.
using ConfFiles = std::map<std::string, std::string, std::less<>>;

// The folders that `path` and what it includes name, in their order, repetitions and all; none without such
// a file. Errors name file and line.
[[nodiscard]] Result<std::vector<std::string>> read_ld_so_conf(const ConfFiles& files,
                                                               std::string_view path = "/etc/ld.so.conf");

}  // namespace pith::compose
