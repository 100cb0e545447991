// zip archives in memory: their central directory, and the contents of single members.
//
// Format: PKWARE's APPNOTE 6.3.10 (sections 4.3.6 to 4.3.16), with stored and deflated members; members in other ways,
// encrypted ones, and members over 4 GiB are `unsupported` when they are asked for; a ZIP64 directory is read. Members
// are found by the directory at the end, as the JVM does; what stands before the archive (a launcher script) does not
// matter. Limits: 2,000,000 members, 4096 bytes a name. Thread-safety: values and functions without state.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace pith::archive {

struct ZipMember {
    std::string_view name;  // as it is written
    std::uint16_t method = 0, flags = 0;
    std::uint64_t compressed = 0, size = 0, offset = 0;  // as the directory says
};

// Views of `file`, which must outlive it. Errors: format, limit, unsupported.
[[nodiscard]] Result<std::vector<ZipMember>> read_zip(ByteView file);

// One member's content. `limit` where it is larger than `most`, `format` where it is not as large as it says.
[[nodiscard]] Result<Bytes> zip_content(ByteView file, const ZipMember& member, std::uint64_t most);

// A zlib stream (RFC 1950) that gives at most `most` bytes.
[[nodiscard]] Result<Bytes> inflate_zlib(ByteView input, std::uint64_t most);

}  // namespace pith::archive
