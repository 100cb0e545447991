#include "base/background_hasher.h"

#include <gtest/gtest.h>

namespace pith {
namespace {

TEST(BackgroundHasher, GivesTheDigestOfAllThatCame) {
    std::string stays = "in place", text;
    BackgroundHasher hasher;
    for (int i = 0; i < 300; ++i) {
        std::string block(static_cast<std::size_t>(i * 997 % 300'000), static_cast<char>('a' + i % 26));
        hasher.update(as_bytes(block));
        text += block;
        if (i == 100) {
            hasher.update_in_place(as_bytes(stays));
            text += stays;
        }
    }
    EXPECT_EQ(hasher.digest(), sha256(text));
    EXPECT_EQ(BackgroundHasher().digest(), sha256(""));
    BackgroundHasher given_up;
    given_up.update(as_bytes(text));
}

}  // namespace
}  // namespace pith
