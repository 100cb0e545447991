#include "trust/artifact.h"

#include <openssl/evp.h>

#include "trust/owned.h"

namespace pith::trust {

std::optional<Hash> hash_named(std::string_view name) {
    if (name == "SHA2_256" || name == "sha256") return Hash::sha256;
    if (name == "SHA2_384" || name == "sha384") return Hash::sha384;
    if (name == "SHA2_512" || name == "sha512") return Hash::sha512;
    return std::nullopt;
}

Bytes take(Hash hash, ByteView bytes) {
    const auto* algorithm = hash == Hash::sha256 ? EVP_sha256() : hash == Hash::sha384 ? EVP_sha384() : EVP_sha512();
    Bytes out(static_cast<std::size_t>(EVP_MD_get_size(algorithm)));
    EVP_Digest(bytes.data(), bytes.size(), writable_chars(out), nullptr, algorithm, nullptr);
    return out;
}

Result<Bytes> Artifact::hash(Hash hash) const {
    if (hash == Hash::sha256) return Bytes(sha256.value.begin(), sha256.value.end());
    if (!bytes)
        return fail(ErrorCode::unsupported,
                    "it is signed with a hash other than SHA-256, so the digest does not suffice: "
                    "give the file");
    return take(hash, *bytes);
}

}  // namespace pith::trust
