#include "trust/key.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/text.h"
#include "trust/owned.h"
#include "trust/pem.h"

namespace pith::trust {

namespace {

using Context = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

constexpr int fewest_rsa_bits = 2'048, most_rsa_bits = 8'192;

// What is known of a kind of key: the hashes that its signatures may be over; none, if they are over the message.
struct Kind {
    std::string_view name;   // for people
    int type;                // of OpenSSL
    std::string_view group;  // the curve
    const EVP_MD* (*hashes[2])();
};
constexpr Kind kinds[] = {
    {"ECDSA P-256", EVP_PKEY_EC, "prime256v1", {&EVP_sha256, nullptr}},
    {"ECDSA P-384", EVP_PKEY_EC, "secp384r1", {&EVP_sha256, &EVP_sha384}},
    {"ECDSA P-521", EVP_PKEY_EC, "secp521r1", {&EVP_sha256, &EVP_sha512}},
    {"Ed25519", EVP_PKEY_ED25519, "", {nullptr, nullptr}},
    {"RSA", EVP_PKEY_RSA, "", {&EVP_sha256, &EVP_sha512}},
};

const Kind* kind_of(EVP_PKEY* key) {
    char group[64] = "";
    auto type = EVP_PKEY_get_base_id(key);
    if (type == EVP_PKEY_EC) EVP_PKEY_get_group_name(key, group, sizeof group, nullptr);
    ERR_clear_error();
    const auto* found =
        std::ranges::find_if(kinds, [&](const Kind& each) { return each.type == type && each.group == group; });
    return found == std::end(kinds) ? nullptr : found;
}

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key) {
    ERR_clear_error();
    return {key, EVP_PKEY_free};
}

Result<> check(EVP_PKEY* key) {
    if (!key) return fail(ErrorCode::format, "it is not a key, or it is damaged");
    const auto* kind = kind_of(key);
    if (!kind)
        return fail(ErrorCode::unsupported,
                    "it is a kind of key that pith does not use: take ECDSA P-256 (as `pith "
                    "keygen` makes it), P-384 or P-521, Ed25519 or RSA");
    auto bits = EVP_PKEY_get_bits(key);
    if (kind->type == EVP_PKEY_RSA && (bits < fewest_rsa_bits || bits > most_rsa_bits))
        return fail(ErrorCode::unsupported, fmt::format("it is an RSA key of {} bits; it must have {} to {}", bits,
                                                        fewest_rsa_bits, most_rsa_bits));
    return {};
}

// d2i_… functions move a pointer and take what they like of the bytes; a key is all of them.
template <class Read>
EVP_PKEY* read_whole(ByteView der, Read read) {
    const auto* at = chars(der);
    auto* key = read(&at, static_cast<long>(der.size()));
    if (key && at == chars(der) + der.size()) return key;
    EVP_PKEY_free(key);
    return nullptr;
}

// What stands before the point in the SubjectPublicKeyInfo of a P-256 key (RFC 5480, section 2).
constexpr std::array<unsigned char, 26> p256_head = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                     0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                     0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
constexpr std::size_t p256_point = 65;

bool is_p256(ByteView spki) {
    return spki.size() == p256_head.size() + p256_point && std::equal(p256_head.begin(), p256_head.end(), chars(spki));
}

// The usual key, without OpenSSL's decoders, which look through all that they know: half a millisecond.
EVP_PKEY* read_p256(ByteView spki) {
    auto* point = const_cast<unsigned char*>(chars(spki.subspan(p256_head.size())));  // OSSL_PARAM has no const
    char group[] = SN_X9_62_prime256v1;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group - 1),
                                     OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, p256_point),
                                     OSSL_PARAM_END};
    Context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters)) != 1)
        return nullptr;
    return key;
}

bool holds(EVP_PKEY* key, const EVP_MD* hash, ByteView message, ByteView signature) {
    DigestContext context(EVP_MD_CTX_new());
    bool verified =
        context && EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) == 1 &&
        EVP_DigestVerify(context.get(), chars(signature), signature.size(), chars(message), message.size()) == 1;
    ERR_clear_error();
    return verified;
}

std::unexpected<Error> does_not_hold(EVP_PKEY* key) {
    return fail(ErrorCode::integrity,
                fmt::format("the signature was not made by this {} key over this content", kind_of(key)->name));
}

}  // namespace

Result<PublicKey> PublicKey::from_handle(std::shared_ptr<EVP_PKEY> handle) {
    TRY(check(handle.get()));
    return PublicKey(std::move(handle));
}

Result<PublicKey> PublicKey::from_der(ByteView spki) {
    if (is_p256(spki)) return from_handle(own(read_p256(spki)));
    return from_handle(own(read_whole(spki, [](auto at, long size) { return d2i_PUBKEY(nullptr, at, size); })));
}

Result<PublicKey> PublicKey::from_pkcs1(ByteView der) {
    return from_handle(
        own(read_whole(der, [](auto at, long size) { return d2i_PublicKey(EVP_PKEY_RSA, nullptr, at, size); })));
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
    auto block = TRY(read_pem(pem));
    if (block.label.find("PRIVATE KEY") != std::string::npos)
        return fail(ErrorCode::usage, "it is a private key; the public one is asked for here");
    if (block.label != "PUBLIC KEY")
        return fail(ErrorCode::format,
                    fmt::format("it is a PEM file of a '{}', not of a 'PUBLIC KEY'", printable(block.label)));
    return from_der(block.content.bytes());
}

Bytes PublicKey::der() const {
    auto size = i2d_PUBKEY(m_handle.get(), nullptr);
    Bytes out(static_cast<std::size_t>(std::max(size, 0)));
    auto* at = writable_chars(out);
    i2d_PUBKEY(m_handle.get(), &at);
    return out;
}

std::string PublicKey::pem() const { return write_pem("PUBLIC KEY", der()); }

std::string PublicKey::hint() const { return to_base64(id().value); }

std::string PublicKey::kind() const { return std::string(kind_of(m_handle.get())->name); }

bool PublicKey::needs_message() const { return kind_of(m_handle.get())->hashes[0] == nullptr; }

Result<> PublicKey::verify(ByteView message, ByteView signature) const {
    const auto* kind = kind_of(m_handle.get());
    if (needs_message() && holds(m_handle.get(), nullptr, message, signature)) return {};
    for (auto hash : kind->hashes)
        if (hash && holds(m_handle.get(), hash(), message, signature)) return {};
    return does_not_hold(m_handle.get());
}

Result<> PublicKey::verify_digest(const Digest& digest, ByteView signature) const {
    if (needs_message())
        return fail(ErrorCode::unsupported,
                    "an Ed25519 signature over a file cannot be verified by the file's digest alone: give the file");
    Context context(EVP_PKEY_CTX_new(m_handle.get(), nullptr));
    bool verified = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                    EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
                    EVP_PKEY_verify(context.get(), chars(signature), signature.size(), chars(digest.value),
                                    digest.value.size()) == 1;
    ERR_clear_error();
    if (!verified) return does_not_hold(m_handle.get());
    return {};
}

Result<PrivateKey> PrivateKey::from_handle(EVP_PKEY* handle) {
    auto owned = own(handle);
    auto public_key = TRY(PublicKey::from_handle(owned));
    return PrivateKey(std::move(owned), std::move(public_key));
}

Result<PrivateKey> PrivateKey::generate() {
    auto* key = EVP_EC_gen("P-256");
    if (!key) return fail(ErrorCode::internal, "OpenSSL could not make a key");
    return from_handle(key);
}

Result<PrivateKey> PrivateKey::from_pkcs8(ByteView der) {
    return from_handle(read_whole(der, [](auto at, long size) -> EVP_PKEY* {
        Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, at, size));
        return info ? EVP_PKCS82PKEY(info.get()) : nullptr;
    }));
}

Result<PrivateKey> PrivateKey::from_sec1(ByteView der) {
    return from_handle(
        read_whole(der, [](auto at, long size) { return d2i_PrivateKey(EVP_PKEY_EC, nullptr, at, size); }));
}

Result<Secret> PrivateKey::pkcs8() const {
    Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(EVP_PKEY2PKCS8(m_handle.get()));
    auto size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : 0;
    if (size <= 0) return fail(ErrorCode::internal, "OpenSSL could not write the key");
    Secret out(Bytes(static_cast<std::size_t>(size)));
    auto* at = writable_chars(out.writable());
    i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at);
    return out;
}

PublicKey PrivateKey::public_key() const { return m_public_key; }

Result<Bytes> PrivateKey::sign(ByteView message) const {
    auto hash = kind_of(m_handle.get())->hashes[0];
    DigestContext context(EVP_MD_CTX_new());
    std::size_t size = 0;
    bool ready = context &&
                 EVP_DigestSignInit(context.get(), nullptr, hash ? hash() : nullptr, nullptr, m_handle.get()) == 1 &&
                 EVP_DigestSign(context.get(), nullptr, &size, chars(message), message.size()) == 1;
    Bytes out(size);
    ready = ready && EVP_DigestSign(context.get(), writable_chars(out), &size, chars(message), message.size()) == 1;
    ERR_clear_error();
    if (!ready) return fail(ErrorCode::internal, "OpenSSL could not sign with this key");
    out.resize(size);
    return out;
}

}  // namespace pith::trust
