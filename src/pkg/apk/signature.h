// Signatures of apk packages and indexes.
//
// Format: apk-tools, apk v2. A signed file is a series of gzip members; the first is a tar of files named
// `.SIGN.RSA.KEY` (SHA-1) or `.SIGN.RSA256.KEY` (SHA-256), each an RSA PKCS#1 v1.5 signature over the bytes, as they
// stand, that are signed: of an index everything behind the first member, of a package the second member. KEY is
// the file name of the public key. Several signatures may stand; one that holds suffices.
//
// Limits: 1 MiB of unpacked signatures, 64 signatures, 2 KiB each. Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace pith::pkg::apk {

enum class SignatureKind { rsa_sha1, rsa_sha256, unknown };

struct Signature {
    SignatureKind kind = SignatureKind::unknown;
    std::string key_name;  // "builder-6165ee59.rsa.pub"
    Bytes value;
};

struct SignedBytes {
    std::vector<Signature> signatures;  // empty: the file is not signed
    ByteView rest;                      // what follows the member of signatures; points into the file
};

// Takes the signatures off a file. A first member that holds anything but signatures is none; one that holds
// signatures and something else besides is a format error.
[[nodiscard]] Result<SignedBytes> split_signatures(ByteView file);

struct PublicKey {
    std::string name;  // of its file, as signatures quote it
    std::string pem;   // SubjectPublicKeyInfo ("BEGIN PUBLIC KEY")
};

// The keys of a folder such as /etc/apk/keys: every file `*.pub`, by name; at most 1,000, of 16 KiB each.
[[nodiscard]] Result<std::vector<PublicKey>> load_keys(const std::filesystem::path& folder);

struct Signer {
    std::string key_name;
    std::string fingerprint;  // SHA-256 of the key's SubjectPublicKeyInfo, in hex
};

// Who signed `bytes`: the first signature that holds. Otherwise an `integrity` error that names the keys that
// signed, and says of each whether it was not given, could not be used, or its signature does not hold.
[[nodiscard]] Result<Signer> verify(ByteView bytes, const std::vector<Signature>& signatures,
                                    const std::vector<PublicKey>& keys);

}  // namespace pith::pkg::apk
