// Keys that sign bytes and keys that verify: ECDSA on P-256, P-384 and P-521, Ed25519, RSA of 2,048 to 8,192 bits with
// PKCS #1 v1.5. Any other kind is an error (unsupported) when a key is read, not when it is used.
//
// A signature of ECDSA or RSA is over a hash of the message. We sign over SHA-256, which verifies everywhere; a
// verifier takes the hash of the curve's size as well (SHA-384 of P-384, SHA-512 of P-521 and RSA), as sigstore's
// clients do. Ed25519 signs the message itself, so a digest of the message does not suffice to verify it. ECDSA
// signatures are in DER. Thread-safe: keys do not change; copies share one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "trust/secret.h"

struct evp_pkey_st;  // of OpenSSL

namespace pith::trust {

class PublicKey {
public:
    // SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7), in PEM ("BEGIN PUBLIC KEY", nothing else in the text) or DER;
    // PKCS #1 RSAPublicKey in DER, as old logs have it.
    [[nodiscard]] static Result<PublicKey> from_pem(std::string_view pem);
    [[nodiscard]] static Result<PublicKey> from_der(ByteView spki);
    [[nodiscard]] static Result<PublicKey> from_pkcs1(ByteView der);
    // Of a handle that the caller gives away.
    [[nodiscard]] static Result<PublicKey> from_handle(std::shared_ptr<evp_pkey_st> handle);

    [[nodiscard]] Bytes der() const;  // SubjectPublicKeyInfo
    [[nodiscard]] std::string pem() const;
    [[nodiscard]] Digest id() const { return sha256(der()); }
    [[nodiscard]] std::string hint() const;  // base64 of id(): what bundles of cosign name a key by
    [[nodiscard]] std::string kind() const;  // "ECDSA P-256", for people

    // An integrity error if it is no signature of this key over the message.
    [[nodiscard]] Result<> verify(ByteView message, ByteView signature) const;
    // Of a message of which only the SHA-256 is known; an unsupported error for Ed25519.
    [[nodiscard]] Result<> verify_digest(const Digest& digest, ByteView signature) const;
    [[nodiscard]] bool needs_message() const;  // does a digest not suffice?

    bool operator==(const PublicKey& other) const { return der() == other.der(); }

private:
    explicit PublicKey(std::shared_ptr<evp_pkey_st> handle) : m_handle(std::move(handle)) {}
    std::shared_ptr<evp_pkey_st> m_handle;
};

class PrivateKey {
public:
    [[nodiscard]] static Result<PrivateKey> generate();  // ECDSA P-256
    [[nodiscard]] static Result<PrivateKey> from_pkcs8(ByteView der);
    [[nodiscard]] static Result<PrivateKey> from_sec1(ByteView der);  // "EC PRIVATE KEY" (RFC 5915)

    [[nodiscard]] Result<Secret> pkcs8() const;
    [[nodiscard]] PublicKey public_key() const;
    [[nodiscard]] Result<Bytes> sign(ByteView message) const;

private:
    PrivateKey(std::shared_ptr<evp_pkey_st> handle, PublicKey public_key)
        : m_handle(std::move(handle)), m_public_key(std::move(public_key)) {}
    static Result<PrivateKey> from_handle(evp_pkey_st* handle);
    std::shared_ptr<evp_pkey_st> m_handle;
    PublicKey m_public_key;
};

}  // namespace pith::trust
