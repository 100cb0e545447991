#include "compose/generate/java_keystore.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/digest.h"

namespace pith::compose {

namespace {

constexpr std::string_view password = "changeit", whitener = "Mighty Aphrodite";
constexpr std::uint64_t magic = 0xfeedfeed, version = 2, trusted_certificate = 2;

void put_number(Bytes& out, std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
}

// DataOutput.writeUTF(); the names here are ASCII or UTF-8 without NUL, which it writes as they are.
void put_text(Bytes& out, std::string_view text) {
    put_number(out, text.size(), 2);
    append(out, as_bytes(text));
}

std::string alias_of(std::string_view name) {
    auto out = "debian:" + std::string(name);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

Bytes checksum(const Bytes& store) {
    Bytes salted;
    for (char c : password) put_number(salted, static_cast<unsigned char>(c), 2);  // UTF-16, as Java's chars
    append(salted, as_bytes(whitener));
    append(salted, store);
    return Hasher(HashKind::sha1).update(salted).finish();
}

}  // namespace

Result<Bytes> make_java_keystore(std::span<const CaBundle::Certificate> certificates) {
    std::map<std::string, const CaBundle::Certificate*> by_alias;
    for (const auto& certificate : certificates) by_alias[alias_of(certificate.name)] = &certificate;
    Bytes out;
    put_number(out, magic, 4);
    put_number(out, version, 4);
    put_number(out, by_alias.size(), 4);
    for (const auto& [alias, certificate] : by_alias) {
        if (alias.size() > 0xffff)
            return fail(ErrorCode::limit,
                        "the name of a certificate is longer than 64 KiB, the most that a keystore holds");
        put_number(out, trusted_certificate, 4);
        put_text(out, alias);
        put_number(out, static_cast<std::uint64_t>(certificate->valid_from * 1000), 8);
        put_text(out, "X.509");
        put_number(out, certificate->der.size(), 4);
        append(out, certificate->der);
    }
    append(out, checksum(out));
    return out;
}

}  // namespace pith::compose
