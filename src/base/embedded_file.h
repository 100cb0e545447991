// A file as it was when the program was built; cmake/EmbedFiles.cmake makes the sources that hold them.
#pragma once

#include <string_view>

namespace pith {

struct EmbeddedFile {
    std::string_view name, text;  // "nginx.yaml"
};

}  // namespace pith
