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

// All members, at most 64. Errors name the member and byte; a truncated one is a format error.
[[nodiscard]] Result<std::vector<ArMember>> read_ar(ByteView archive);

}  // namespace pith::archive
