// Which addresses only this machine or its network can reach.
#include "net/address.h"

#include <gtest/gtest.h>

namespace pith::net {
namespace {

TEST(Address, Private) {
    for (const char* address : {"127.0.0.1",
                                "127.255.0.1",
                                "127.1",
                                "0x7f000001",
                                "2130706433",
                                "0.0.0.0",
                                "10.1.2.3",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.168.0.1",
                                "169.254.169.254",
                                "100.64.0.1",
                                "100.127.0.1",
                                "198.18.0.1",
                                "224.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "[::1]",
                                "fe80::1",
                                "fe80::1%eth0",
                                "fc00::1",
                                "fd12::1",
                                "fec0::1",
                                "ff02::1",
                                "::ffff:127.0.0.1",
                                "::ffff:10.0.0.1",
                                "::127.0.0.1",
                                "64:ff9b::7f00:1",
                                "localhost",
                                "LOCALHOST.",
                                "x.localhost"})
        EXPECT_TRUE(is_private_address(address)) << address;
    for (const char* address : {"", "8.8.8.8", "172.15.0.1", "172.32.0.1", "192.169.0.1", "100.63.0.1", "100.128.0.1",
                                "198.20.0.1", "2001:db8::1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
                                "registry.example", "localhost.example", "notlocalhost"})
        EXPECT_FALSE(is_private_address(address)) << address;
}

TEST(Address, Loopback) {
    for (const char* address : {"localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "a.localhost"})
        EXPECT_TRUE(is_loopback(address)) << address;
    for (const char* address : {"10.0.0.1", "::", "example", "192.168.0.1", "::2"})
        EXPECT_FALSE(is_loopback(address)) << address;
}

}  // namespace
}  // namespace pith::net
