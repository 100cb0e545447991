#include "net/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace pith::net {

namespace {

struct Block4 {
    std::uint32_t network;
    int bits;
};
constexpr Block4 blocks4[] = {
    {0x00000000, 8},   // this network
    {0x0a000000, 8},   // private
    {0x64400000, 10},  // shared (carriers' NAT)
    {0x7f000000, 8},   // loopback
    {0xa9fe0000, 16},  // link-local, where clouds serve their metadata
    {0xac100000, 12},  // private
    {0xc0000000, 24},  // protocol assignments
    {0xc0a80000, 16},  // private
    {0xc6120000, 15},  // benchmarks
    {0xe0000000, 3},   // multicast, reserved, broadcast
};

struct Block6 {
    std::array<std::uint8_t, 2> first;
    int bits;
};
constexpr Block6 blocks6[] = {
    {{0xfc, 0x00}, 7},   // unique local
    {{0xfe, 0x80}, 10},  // link-local
    {{0xfe, 0xc0}, 10},  // site-local, as it once was
    {{0xff, 0x00}, 8},   // multicast
};

bool is_private4(std::uint32_t address) {
    return std::ranges::any_of(
        blocks4, [&](const Block4& block) { return (address ^ block.network) >> (32 - block.bits) == 0; });
}

bool is_private6(const in6_addr& address) {
    const auto* bytes = address.s6_addr;
    auto begins = [&](std::string_view with) { return std::memcmp(bytes, with.data(), with.size()) == 0; };
    std::uint32_t last = 0;
    std::memcpy(&last, bytes + 12, 4);
    using namespace std::string_view_literals;
    // Unspecified, loopback, IPv4-compatible; IPv4-mapped; NAT64 (RFC 6052).
    if (begins("\0\0\0\0\0\0\0\0\0\0\0\0"sv) || begins("\0\0\0\0\0\0\0\0\0\0\xff\xff"sv) ||
        begins("\0\x64\xff\x9b\0\0\0\0\0\0\0\0"sv))
        return is_private4(ntohl(last));
    auto head = static_cast<std::uint32_t>(bytes[0] << 8 | bytes[1]);
    return std::ranges::any_of(blocks6, [&](const Block6& block) {
        auto network = static_cast<std::uint32_t>(block.first[0] << 8 | block.first[1]);
        return (head ^ network) >> (16 - block.bits) == 0;
    });
}

// Without brackets, zone and the root's dot, in lower case.
std::string plain(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    while (host.ends_with('.')) host.remove_suffix(1);
    std::string out(host.substr(0, host.find('%')));
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

bool is_localhost(std::string_view text) { return text == "localhost" || text.ends_with(".localhost"); }

}  // namespace

bool is_private_address(std::string_view host) {
    auto text = plain(host);
    if (is_localhost(text)) return true;
    in_addr four{};
    if (::inet_aton(text.c_str(), &four) != 0) return is_private4(ntohl(four.s_addr));  // also "127.1", "0x7f000001"
    in6_addr six{};
    return ::inet_pton(AF_INET6, text.c_str(), &six) == 1 && is_private6(six);
}

bool is_loopback(std::string_view host) {
    auto text = plain(host);
    in_addr four{};
    return is_localhost(text) || text == "::1" ||
           (::inet_aton(text.c_str(), &four) != 0 && ntohl(four.s_addr) >> 24 == 127);
}

}  // namespace pith::net
