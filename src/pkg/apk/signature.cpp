// RSA by OpenSSL. Keys are parsed only when a signature names them.
#include "pkg/apk/signature.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <memory>

#include "archive/inflate.h"
#include "archive/tar.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"

namespace pith::pkg::apk {

namespace {

constexpr std::size_t most_unpacked = 1 * MiB;
constexpr std::size_t most_signatures = 64;
constexpr std::size_t most_value = 2 * KiB;
constexpr std::size_t most_keys = 1'000;
constexpr std::size_t most_key = 16 * KiB;
constexpr std::string_view prefix = ".SIGN.";

struct KindName {
    std::string_view name;
    SignatureKind kind;
    const EVP_MD* (*digest)();
};
constexpr std::array kinds = {
    KindName{"RSA", SignatureKind::rsa_sha1, &EVP_sha1},
    KindName{"RSA256", SignatureKind::rsa_sha256, &EVP_sha256},
};

struct FreeOpenssl {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, FreeOpenssl>;
using Key = std::unique_ptr<EVP_PKEY, FreeOpenssl>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeOpenssl>;

// ".SIGN.RSA256.KEY" and its content.
Result<Signature> read_signature(const archive::TarEntry& entry) {
    auto name = std::string_view(entry.path).substr(prefix.size());
    auto dot = name.find('.');
    if (entry.type != archive::EntryType::file || dot == std::string_view::npos || dot + 1 == name.size())
        return fail(ErrorCode::format, fmt::format("'{}' is not a signature '.SIGN.KIND.KEY'", printable(entry.path)));
    if (entry.content.size() > most_value)
        return fail(ErrorCode::limit, fmt::format("signature '{}' has {} bytes, more than {}", printable(entry.path),
                                                  entry.content.size(), most_value));
    auto known = std::ranges::find(kinds, name.substr(0, dot), &KindName::name);
    return Signature{known == kinds.end() ? SignatureKind::unknown : known->kind, std::string(name.substr(dot + 1)),
                     Bytes(entry.content.begin(), entry.content.end())};
}

// The signatures of a tar; none where its first entry is something else.
Result<std::vector<Signature>> read_signatures(ByteView tar) {
    std::vector<Signature> out;
    archive::TarReader reader(tar);
    while (auto entry = TRY(reader.next())) {
        if (!entry->path.starts_with(prefix)) {
            if (out.empty()) return out;
            return fail(ErrorCode::format, fmt::format("'{}' stands among the signatures", printable(entry->path)));
        }
        if (out.size() == most_signatures)
            return fail(ErrorCode::limit, fmt::format("more than {} signatures", most_signatures));
        out.push_back(TRY(read_signature(*entry)));
    }
    return out;
}

Result<Key> parse_key(std::string_view pem) {
    Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    // An encrypted file must not make OpenSSL ask the terminal for its password.
    auto no_password = [](char*, int, int, void*) { return -1; };
    Key key(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr) : nullptr);
    ERR_clear_error();
    if (!key) return fail(ErrorCode::format, "its file is not a PEM public key");
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return fail(ErrorCode::format, "it is not an RSA key");
    return key;
}

std::string fingerprint(EVP_PKEY* key) {
    unsigned char* der = nullptr;
    int size = i2d_PUBKEY(key, &der);
    if (size <= 0) return {};
    std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(der, [](unsigned char* p) { OPENSSL_free(p); });
    return sha256(ByteView(reinterpret_cast<const std::byte*>(der), static_cast<std::size_t>(size))).hex();
}

bool holds(ByteView bytes, const Signature& signature, const EVP_MD* digest, EVP_PKEY* key) {
    DigestContext context(EVP_MD_CTX_new());
    auto data = [](ByteView view) { return reinterpret_cast<const unsigned char*>(view.data()); };
    bool verified =
        context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
        EVP_DigestVerify(context.get(), data(signature.value), signature.value.size(), data(bytes), bytes.size()) == 1;
    ERR_clear_error();
    return verified;
}

// The signer, or why this signature proves nothing.
Result<Signer> verify_one(ByteView bytes, const Signature& signature, const std::vector<PublicKey>& keys) {
    auto kind = std::ranges::find(kinds, signature.kind, &KindName::kind);
    if (kind == kinds.end()) return fail(ErrorCode::integrity, "a kind of signature other than RSA and RSA256");
    auto given = std::ranges::find(keys, signature.key_name, &PublicKey::name);
    if (given == keys.end()) return fail(ErrorCode::integrity, "this key was not given");
    auto key = TRY(parse_key(given->pem));
    if (!holds(bytes, signature, kind->digest(), key.get()))
        return fail(ErrorCode::integrity, "its signature does not hold; the file or the key is another one");
    return Signer{signature.key_name, fingerprint(key.get())};
}

}  // namespace

Result<SignedBytes> split_signatures(ByteView file) {
    auto member = archive::inflate_gzip_member(file, {.most_bytes = most_unpacked});
    // A first member of more bytes is not one of signatures, but an unsigned file's own.
    if (!member && member.error().code == ErrorCode::limit) return SignedBytes{{}, file};
    if (!member) return std::unexpected(std::move(member).error());
    auto signatures = TRY(context(read_signatures(member->inflated.bytes()), "signatures"));
    if (signatures.empty()) return SignedBytes{{}, file};
    return SignedBytes{std::move(signatures), file.subspan(member->consumed)};
}

Result<std::vector<PublicKey>> load_keys(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::directory_iterator entries(folder, error), end;
    if (error) return fail(ErrorCode::io, fmt::format("read folder '{}': {}", folder.string(), error.message()));
    std::vector<std::filesystem::path> files;
    for (; !error && entries != end; entries.increment(error))
        if (entries->path().extension() == ".pub") files.push_back(entries->path());
    if (error) return fail(ErrorCode::io, fmt::format("read folder '{}': {}", folder.string(), error.message()));
    if (files.size() > most_keys)
        return fail(ErrorCode::limit, fmt::format("folder '{}' holds more than {} keys", folder.string(), most_keys));
    std::ranges::sort(files);
    std::vector<PublicKey> out;
    for (const auto& file : files) {
        auto pem = TRY(read_text(file, most_key));
        out.push_back({file.filename().string(), std::move(pem)});
    }
    return out;
}

Result<Signer> verify(ByteView bytes, const std::vector<Signature>& signatures, const std::vector<PublicKey>& keys) {
    if (signatures.empty()) return fail(ErrorCode::integrity, "the file is not signed");
    std::vector<std::string> faults;
    for (const auto& signature : signatures) {
        auto signer = verify_one(bytes, signature, keys);
        if (signer) return signer;
        faults.push_back(fmt::format("key '{}': {}", printable(signature.key_name), signer.error().text()));
    }
    return fail(ErrorCode::integrity, fmt::format("no signature could be verified ({})", join(faults, "; ")));
}

}  // namespace pith::pkg::apk
