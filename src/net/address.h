// Which addresses are those of this machine or of a network that only it can reach.
// Source: IANA's registries of special-purpose addresses (RFC 6890). Thread-safe.
#pragma once

#include <string_view>

namespace pith::net {

// Whether a numeric address ("127.0.0.1", "::1", "[fe80::1]") is a loopback, private, link-local, shared or
// unspecified one, also where IPv6 carries such an IPv4 address. A name is none, but for "localhost".
[[nodiscard]] bool is_private_address(std::string_view host);

// Whether it names this machine: a loopback address, or "localhost".
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace pith::net
