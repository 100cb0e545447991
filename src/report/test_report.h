// What the tests of an image found, for people and as JSON. Thread-safe.
#pragma once

#include <string>

#include "runner/image_test.h"

namespace pith::report {

[[nodiscard]] std::string to_text(const runner::TestReport& report);
[[nodiscard]] std::string to_json(const runner::TestReport& report);

}  // namespace pith::report
