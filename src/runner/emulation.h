// Whether this machine can run programs of another architecture in a container: by itself, or with an emulator that
// the kernel starts for them (binfmt_misc).
// Sources: Linux, Documentation/admin-guide/binfmt-misc.rst; System V ABI, ELF header, and e_machine of <elf.h>.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace pith::runner {

enum class Speed { native, emulated };

// How programs of `platform` ("linux/arm64") run here. An `unsupported` error says what is missing and how to get it.
// An architecture that is not known here passes as native: the engine will tell. Thread-safe.
[[nodiscard]] Result<Speed> check_can_run(std::string_view platform,
                                          const std::filesystem::path& binfmt_misc = "/proc/sys/fs/binfmt_misc");

}  // namespace pith::runner
