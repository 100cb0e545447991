// Bytes that nobody else should see: a password, a private key. They are overwritten when they are not needed any more,
// and there is no way to print them. Moves, does not copy.
#pragma once

#include <string.h>

#include "base/bytes.h"

namespace pith::trust {

class Secret {
public:
    Secret() = default;
    explicit Secret(Bytes bytes) : m_bytes(std::move(bytes)) {}
    explicit Secret(std::string_view text) : m_bytes(to_bytes(text)) {}
    Secret(Secret&& other) noexcept : m_bytes(std::move(other.m_bytes)) {}
    Secret& operator=(Secret&& other) noexcept {
        std::swap(m_bytes, other.m_bytes);
        return *this;
    }
    ~Secret() {
        if (!m_bytes.empty()) explicit_bzero(m_bytes.data(), m_bytes.size());
    }

    [[nodiscard]] ByteView bytes() const { return m_bytes; }
    [[nodiscard]] std::span<std::byte> writable() { return m_bytes; }

private:
    Bytes m_bytes;
};

}  // namespace pith::trust
