#include "base/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace pith {

namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// OpenSSL looks an algorithm up by name on every implicit fetch; one fetch for the process is enough.
const EVP_MD* algorithm(HashKind kind) {
    static const EVP_MD* const fetched[] = {
        EVP_MD_fetch(nullptr, "SHA2-256", nullptr),
        EVP_MD_fetch(nullptr, "SHA1", nullptr),
        EVP_MD_fetch(nullptr, "MD5", nullptr),
    };
    return fetched[static_cast<int>(kind)];
}

// A digest that cannot be computed (a crypto library without SHA-256) leaves nothing to go on with.
void must(bool done) {
    if (!done) std::abort();
}

}  // namespace

struct Hasher::State {
    Context context{EVP_MD_CTX_new()};
};

Hasher::Hasher(HashKind kind) : m_state(std::make_unique<State>()) {
    must(m_state->context && EVP_DigestInit_ex2(m_state->context.get(), algorithm(kind), nullptr) == 1);
}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

Hasher& Hasher::update(ByteView bytes) {
    must(EVP_DigestUpdate(m_state->context.get(), bytes.data(), bytes.size()) == 1);
    return *this;
}

Bytes Hasher::finish() const {
    Context copy{EVP_MD_CTX_new()};
    must(copy && EVP_MD_CTX_copy_ex(copy.get(), m_state->context.get()) == 1);
    std::array<std::byte, EVP_MAX_MD_SIZE> buffer{};
    unsigned length = 0;
    must(EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(buffer.data()), &length) == 1);
    return {buffer.begin(), buffer.begin() + length};
}

Digest Hasher::digest() const {
    Digest out;
    auto bytes = finish();
    must(bytes.size() == out.value.size());
    std::copy(bytes.begin(), bytes.end(), out.value.begin());
    return out;
}

Result<Digest> Digest::parse(std::string_view text) {
    auto hex = text.starts_with("sha256:") ? text.substr(7) : text;
    Digest out;
    if (!from_hex(hex, out.value))
        return fail(ErrorCode::format, "'" + std::string(text.substr(0, 80)) +
                                           "' is not a SHA-256 digest (sha256: and 64 hexadecimal digits)");
    return out;
}

Digest sha256(ByteView bytes) { return Hasher().update(bytes).digest(); }

std::string md5_hex(ByteView bytes) { return to_hex(Hasher(HashKind::md5).update(bytes).finish()); }

}  // namespace pith
