// Timestamps by an authority: proof that a signature existed at a time.
// Source: RFC 3161 (TimeStampResp), RFC 5816. The authority's certificates come from the trusted root; those in the
// timestamp help at most to find them. Limit: 64 KiB. Thread-safe.
#pragma once

#include <string>

#include "trust/trusted_root.h"

namespace pith::trust {

struct Timestamp {
    Time time;
    std::string authority;
};

// Of one of the authorities, whose certificates were valid at that time, over exactly these bytes.
// Errors: format, limit; integrity where the timestamp is over other bytes or none of the authorities made it.
[[nodiscard]] Result<Timestamp> verify_timestamp(ByteView response, ByteView content,
                                                 const std::vector<Authority>& authorities);

}  // namespace pith::trust
