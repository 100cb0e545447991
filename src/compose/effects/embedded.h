// The files of effects/ as they were when the program was built; src/compose/CMakeLists.txt makes the source.
#pragma once

#include <span>

#include "base/embedded_file.h"

namespace pith::compose {

[[nodiscard]] std::span<const EmbeddedFile> embedded_effects();  // sorted by name

}  // namespace pith::compose
