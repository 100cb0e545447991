// What a signature is about: a file, or only the digest of one. And the hashes by which formats of trust name contents.
// Thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "base/digest.h"

namespace pith::trust {

enum class Hash { sha256, sha384, sha512 };

// "SHA2_256" as Protocol Buffers spell it, "sha256" as others do; nothing for a hash that pith does not use.
[[nodiscard]] std::optional<Hash> hash_named(std::string_view name);
[[nodiscard]] Bytes take(Hash hash, ByteView bytes);

struct Artifact {
    Digest sha256;
    std::optional<ByteView> bytes;  // not owned; without them only the SHA-256 is known

    [[nodiscard]] static Artifact of(ByteView content) { return {pith::sha256(content), content}; }
    // An unsupported error where the bytes would be needed.
    [[nodiscard]] Result<Bytes> hash(Hash hash) const;
};

}  // namespace pith::trust
