#include "compose/generate/java_keystore.h"

#include <gtest/gtest.h>

#include "support/support.h"

using namespace pith;
using namespace pith::compose;

// The bytes of the format, written out; the checksum is that of an independent computation (Python's hashlib).
TEST(JavaKeystore, WritesTheFormat) {
    auto made = make_java_keystore(
        std::vector<CaBundle::Certificate>{{"B.pem", to_bytes("22"), 1}, {"a.pem", to_bytes("1"), -1}});
    ASSERT_OK(made);
    EXPECT_EQ(to_hex(*made).substr(0, to_hex(*made).size() - 40),
              "feedfeed"
              "00000002"
              "00000002"
              "00000002"
              "000c64656269616e3a612e70656d"
              "fffffffffffffc18"
              "0005582e353039"
              "00000001"
              "31"
              "00000002"
              "000c64656269616e3a622e70656d"
              "00000000000003e8"
              "0005582e353039"
              "00000002"
              "3232");
    EXPECT_EQ(to_hex(*made).substr(to_hex(*made).size() - 40), "c51fa1a496ff46fe9f21cbca0c8faadd3f2e1377");
}

TEST(JavaKeystore, OfTwoNamesThatDifferInCaseAloneTheLaterStays) {
    auto made = make_java_keystore(
        std::vector<CaBundle::Certificate>{{"A.pem", to_bytes("1"), 0}, {"a.pem", to_bytes("2"), 0}});
    ASSERT_OK(made);
    EXPECT_EQ(to_hex(*made).substr(16, 8), "00000001");
}

TEST(JavaKeystore, NamesAreBounded) {
    EXPECT_FALSE(make_java_keystore(std::vector<CaBundle::Certificate>{{std::string(70'000, 'x'), {}, 0}}));
}
