#include "trust/key_file.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/text.h"
#include "trust/json.h"
#include "trust/owned.h"
#include "trust/pem.h"

namespace pith::trust {

namespace {

constexpr std::string_view sigstore_label = "ENCRYPTED SIGSTORE PRIVATE KEY";
constexpr std::string_view cosign_label = "ENCRYPTED COSIGN PRIVATE KEY";
constexpr std::uint64_t written_n = 65'536;
constexpr std::uint64_t read_n[] = {32'768, 65'536, 131'072};
constexpr std::uint64_t block_size = 8, parallel = 1;  // r and p of scrypt
constexpr std::uint64_t most_memory = 160 * MiB;       // scrypt needs 128 · N · r
constexpr std::size_t salt_size = 32;
constexpr std::size_t most_bytes = 64 * KiB;

Result<Secret> derive(const Secret& password, ByteView salt, std::uint64_t n) {
    Secret key(Bytes(crypto_secretbox_KEYBYTES));
    auto text = as_text(password.bytes());
    bool done = EVP_PBE_scrypt(text.data() ? text.data() : "", text.size(), chars(salt), salt.size(), n, block_size,
                               parallel, most_memory, writable_chars(key.writable()), crypto_secretbox_KEYBYTES) == 1;
    ERR_clear_error();
    if (!done) return fail(ErrorCode::internal, "scrypt failed: is there enough memory?");
    return key;
}

Result<std::uint64_t> read_kdf(const JsonObject& kdf) {
    auto name = TRY(kdf.text("name"));
    if (name != "scrypt")
        return fail(ErrorCode::unsupported,
                    fmt::format("its password is stretched by '{}', not by scrypt", printable(name)));
    auto params = TRY(kdf.object("params"));
    auto n = TRY(params.number("N")), r = TRY(params.number("r")), p = TRY(params.number("p"));
    if (std::ranges::find(read_n, n) == std::end(read_n) || r != block_size || p != parallel)
        return fail(ErrorCode::limit,
                    fmt::format("its scrypt parameters N={}, r={}, p={} are none that cosign writes (N "
                                "32768, 65536 or 131072, r 8, p 1)",
                                n, r, p));
    return n;
}

Result<Secret> decrypt(std::string_view text, const AskPassword& ask) {
    auto json = TRY(parse_json(text, "its content", most_bytes));
    auto document = TRY(JsonObject::of(json, "key"));
    auto kdf = TRY(document.object("kdf"));
    auto n = TRY(read_kdf(kdf));
    auto salt = TRY(kdf.base64("salt"));
    auto cipher = TRY(document.object("cipher"));
    auto name = TRY(cipher.text("name"));
    if (name != "nacl/secretbox")
        return fail(ErrorCode::unsupported,
                    fmt::format("it is encrypted by '{}', not by nacl/secretbox", printable(name)));
    auto nonce = TRY(cipher.base64("nonce"));
    auto sealed = TRY(document.base64("ciphertext"));
    if (nonce.size() != crypto_secretbox_NONCEBYTES || sealed.size() <= crypto_secretbox_MACBYTES)
        return fail(ErrorCode::format, "its nonce or ciphertext has a length that cannot be: it is damaged");
    auto password = TRY(ask());
    auto key = TRY(derive(password, salt, n));
    Secret plain(Bytes(sealed.size() - crypto_secretbox_MACBYTES));
    if (crypto_secretbox_open_easy(writable_chars(plain.writable()), chars(sealed), sealed.size(), chars(nonce),
                                   chars(key.bytes())) != 0)
        return fail(ErrorCode::integrity, "the password is wrong, or the key is damaged");
    return plain;
}

}  // namespace

Result<PrivateKey> read_private_key(std::string_view pem, const AskPassword& ask) {
    auto block = TRY(read_pem(pem));
    if (block.label == sigstore_label || block.label == cosign_label) {
        auto plain = TRY(decrypt(as_text(block.content.bytes()), ask));
        return PrivateKey::from_pkcs8(plain.bytes());
    }
    if (block.label == "PRIVATE KEY") return PrivateKey::from_pkcs8(block.content.bytes());
    if (block.label == "EC PRIVATE KEY") return PrivateKey::from_sec1(block.content.bytes());
    if (block.label == "PUBLIC KEY")
        return fail(ErrorCode::usage, "it is a public key; the private one is asked for here");
    if (block.label == "ENCRYPTED PRIVATE KEY")
        return fail(ErrorCode::unsupported,
                    "it is an encrypted PKCS #8 key: decrypt it with `openssl pkcs8`, or make one "
                    "with `pith keygen`");
    if (block.label == "RSA PRIVATE KEY")
        return fail(ErrorCode::unsupported,
                    "it is an RSA key as PKCS #1: `openssl pkcs8 -topk8 -nocrypt -in FILE` makes PKCS #8 of it");
    return fail(ErrorCode::format,
                fmt::format("it is a PEM file of a '{}', not of a private key", printable(block.label)));
}

Result<std::string> write_private_key(const PrivateKey& key, const Secret& password) {
    if (sodium_init() < 0) return fail(ErrorCode::internal, "libsodium could not be made ready");
    Bytes salt(salt_size), nonce(crypto_secretbox_NONCEBYTES);
    randombytes_buf(salt.data(), salt.size());
    randombytes_buf(nonce.data(), nonce.size());
    auto plain = TRY(key.pkcs8());
    auto box_key = TRY(derive(password, salt, written_n));
    Bytes sealed(plain.bytes().size() + crypto_secretbox_MACBYTES);
    crypto_secretbox_easy(writable_chars(sealed), chars(plain.bytes()), plain.bytes().size(), chars(nonce),
                          chars(box_key.bytes()));
    Json json = {{"kdf",
                  {{"name", "scrypt"},
                   {"params", {{"N", written_n}, {"r", block_size}, {"p", parallel}}},
                   {"salt", to_base64(salt)}}},
                 {"cipher", {{"name", "nacl/secretbox"}, {"nonce", to_base64(nonce)}}},
                 {"ciphertext", to_base64(sealed)}};
    return write_pem(sigstore_label, as_bytes(dump_json(json)));
}

}  // namespace pith::trust
