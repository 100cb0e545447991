// SHA-256, the digest that names everything in pith (OCI image-spec, descriptor.md, "Digests"),
// and the older digests that package formats still carry (MD5 in dpkg's md5sums, SHA-1 in apk).
// Hasher objects are not thread-safe; the functions are.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace pith {

struct Digest {
    std::array<std::byte, 32> value{};

    [[nodiscard]] std::string hex() const { return to_hex(value); }
    [[nodiscard]] std::string text() const { return "sha256:" + hex(); }
    // The first 12 digits, for people.
    [[nodiscard]] std::string brief() const { return hex().substr(0, 12); }

    auto operator<=>(const Digest&) const = default;

    // Takes "sha256:<64 hex>" or the bare 64 digits.
    [[nodiscard]] static Result<Digest> parse(std::string_view text);
};

enum class HashKind { sha256, sha1, md5 };

class Hasher {
public:
    explicit Hasher(HashKind kind = HashKind::sha256);
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    ~Hasher();

    Hasher& update(ByteView bytes);
    Hasher& update(std::string_view text) { return update(as_bytes(text)); }
    // The digest of what was given so far; updating may go on.
    [[nodiscard]] Bytes finish() const;
    [[nodiscard]] Digest digest() const;  // of a sha256 hasher

private:
    struct State;
    std::unique_ptr<State> m_state;
};

[[nodiscard]] Digest sha256(ByteView bytes);
[[nodiscard]] inline Digest sha256(std::string_view text) { return sha256(as_bytes(text)); }
[[nodiscard]] std::string md5_hex(ByteView bytes);

}  // namespace pith
