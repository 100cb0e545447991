#include "trust/log/inclusion.h"

#include <fmt/format.h>

#include <algorithm>

namespace pith::trust {

namespace {

constexpr std::byte leaf_mark{0}, node_mark{1};

Digest node(ByteView left, ByteView right) {
    return Hasher().update(ByteView(&node_mark, 1)).update(left).update(right).digest();
}

}  // namespace

Result<> verify_inclusion(ByteView entry, std::uint64_t index, std::uint64_t tree_size, const std::vector<Bytes>& path,
                          ByteView root) {
    if (index >= tree_size)
        return fail(ErrorCode::integrity,
                    fmt::format("the inclusion proof's index {} is not in a log of {} entries", index, tree_size));
    auto hash = Hasher().update(ByteView(&leaf_mark, 1)).update(entry).digest();
    auto at = index, last = tree_size - 1;  // places in the current level
    for (const auto& sibling : path) {
        if (last == 0) return fail(ErrorCode::integrity, "the inclusion proof is longer than the log is deep");
        if (at % 2 == 1 || at == last) {
            hash = node(sibling, hash.value);
            for (; at % 2 == 0 && at != 0; at /= 2) last /= 2;
        } else {
            hash = node(hash.value, sibling);
        }
        at /= 2;
        last /= 2;
    }
    if (last != 0 || !std::ranges::equal(hash.value, root))
        return fail(ErrorCode::integrity, "the inclusion proof does not lead to the log's root hash");
    return {};
}

}  // namespace pith::trust
