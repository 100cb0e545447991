// The style and the script of the HTML report; src/report/CMakeLists.txt makes the source.
#pragma once

#include <span>

#include "base/embedded_file.h"

namespace pith::report {

[[nodiscard]] std::span<const EmbeddedFile> embedded_page();  // sorted by name: page.css, page.js

}  // namespace pith::report
