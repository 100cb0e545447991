// Merkle inclusion proofs: that an entry stands in a log of a given size and root hash.
// Source: RFC 6962, section 2.1.1; the algorithm of RFC 9162, section 2.1.3.2. Thread-safe.
#pragma once

#include <vector>

#include "base/digest.h"

namespace pith::trust {

// An integrity error if the path does not lead from the entry (a leaf's content) to the root.
[[nodiscard]] Result<> verify_inclusion(ByteView entry, std::uint64_t index, std::uint64_t tree_size,
                                        const std::vector<Bytes>& path, ByteView root);

}  // namespace pith::trust
