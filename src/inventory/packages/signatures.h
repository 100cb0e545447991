// Programs that no package manager installed, known by a text in them that names their version. The table is in
// signatures.cpp; what a package owns is not looked for here, but joined to it later. Thread-safety: as functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace pith::inventory::packages {

struct Signature {
    std::string name, version;
};
[[nodiscard]] std::optional<Signature> find_signature(std::string_view path, ByteView content);

}  // namespace pith::inventory::packages
