// Unix ar archives as .deb uses them (deb(5)): "!<arch>\n" and members with plain or GNU "name/" names.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace pith::archive {

struct ArMember {
    std::string name;
    ByteView content;  // points into the archive
};

// All members, at most 64, each name once. Errors name the member and byte; a truncated one is a format error.
// Long names and symbol tables (GNU "//" and "/", BSD "#1/") are `unsupported`: no .deb has them.
[[nodiscard]] Result<std::vector<ArMember>> read_ar(ByteView archive);

}  // namespace pith::archive
