// The files of effects/ as they were when the program was built; src/compose/CMakeLists.txt makes the source.
#pragma once

#include <span>
#include <string_view>

namespace pith::compose {

struct EmbeddedFile {
    std::string_view name, text;  // "nginx.yaml"
};

[[nodiscard]] std::span<const EmbeddedFile> embedded_effects();  // sorted by name

}  // namespace pith::compose
