// How far two scanners agree, for people and programs (docs/scan.md describes the JSON). Thread-safe.
#pragma once

#include <string>

#include "advisory/peers/agreement.h"

namespace pith::report {

struct Compared {
    const advisory::Report& ours;
    const advisory::Report& theirs;
    const advisory::Agreement& agreement;
};

// Counts by kind, then a row a disagreement; `all` shows what they agree in as well.
[[nodiscard]] std::string to_text(const Compared& compared, bool all);
[[nodiscard]] std::string to_markdown(const Compared& compared, bool all);
// One document, keys in a fixed order, ending in LF.
[[nodiscard]] std::string to_json(const Compared& compared, bool all);

}  // namespace pith::report
