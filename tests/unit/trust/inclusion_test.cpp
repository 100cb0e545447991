// Inclusion proofs in trees of every small size, against a tree hashed the plain way (RFC 6962, section 2.1).
#include "trust/log/inclusion.h"

#include <gtest/gtest.h>

#include <bit>

namespace pith::trust {
namespace {

Bytes bytes_of(const Digest& digest) { return {digest.value.begin(), digest.value.end()}; }

Bytes leaf_hash(const std::string& leaf) { return bytes_of(sha256(std::string(1, '\0') + leaf)); }

Bytes tree_hash(std::span<const std::string> leaves) {
    if (leaves.size() == 1) return leaf_hash(leaves[0]);
    auto left = std::bit_floor(leaves.size() - 1);
    Bytes both{std::byte{1}};
    append(both, tree_hash(leaves.first(left)));
    append(both, tree_hash(leaves.subspan(left)));
    return bytes_of(sha256(ByteView(both)));
}

std::vector<Bytes> path(std::size_t index, std::span<const std::string> leaves) {
    if (leaves.size() == 1) return {};
    auto left = std::bit_floor(leaves.size() - 1);
    bool in_left = index < left;
    auto out = in_left ? path(index, leaves.first(left)) : path(index - left, leaves.subspan(left));
    out.push_back(tree_hash(in_left ? leaves.subspan(left) : leaves.first(left)));
    return out;
}

}  // namespace

TEST(Inclusion, HoldsForEveryEntryOfEverySizeAndForNoOther) {
    std::vector<std::string> leaves;
    for (std::size_t size = 1; size <= 20; ++size) {
        leaves.push_back("leaf " + std::to_string(size));
        auto root = tree_hash(leaves);
        for (std::size_t i = 0; i < size; ++i) {
            auto proof = path(i, leaves);
            EXPECT_TRUE(verify_inclusion(as_bytes(leaves[i]), i, size, proof, root)) << i << " of " << size;
            EXPECT_FALSE(verify_inclusion(as_bytes("another"), i, size, proof, root));
            EXPECT_FALSE(verify_inclusion(as_bytes(leaves[i]), i, size, proof, leaf_hash("another")));
            EXPECT_FALSE(verify_inclusion(as_bytes(leaves[i]), size, size, proof, root));
            if (size > 1) {
                EXPECT_FALSE(verify_inclusion(as_bytes(leaves[i]), (i + 1) % size, size, proof, root));
            }
            auto longer = proof;
            longer.push_back(root);
            EXPECT_FALSE(verify_inclusion(as_bytes(leaves[i]), i, size, longer, root));
            if (proof.empty()) continue;
            auto shorter = proof;
            shorter.pop_back();
            EXPECT_FALSE(verify_inclusion(as_bytes(leaves[i]), i, size, shorter, root));
            proof[0][0] ^= std::byte{1};
            EXPECT_FALSE(verify_inclusion(as_bytes(leaves[i]), i, size, proof, root));
        }
    }
    EXPECT_FALSE(verify_inclusion({}, 0, 0, {}, leaf_hash("")));
}

}  // namespace pith::trust
