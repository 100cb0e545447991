#include "base/spool.h"

#include <gtest/gtest.h>

#include "support/support.h"

namespace pith {
namespace {

TEST(Spool, GivesAllThatCame) {
    Spool spool(1000);
    for (std::size_t block : {std::size_t{1}, std::size_t{300}, std::size_t{999}, std::size_t{5000}}) {
        std::string text;
        for (int i = 0; i < 7; ++i) {
            std::string part(block, static_cast<char>('a' + i));
            ASSERT_OK(spool.append(as_bytes(part)));
            text += part;
            EXPECT_EQ(spool.size(), text.size());
        }
        auto view = spool.view();
        ASSERT_OK(view);
        EXPECT_EQ(as_text(*view), text) << block;
        ASSERT_OK(spool.append(as_bytes("more")));
        EXPECT_EQ(as_text(*spool.view()), text + "more") << block;
        spool.clear();
        EXPECT_EQ(spool.size(), 0u);
    }
    EXPECT_TRUE(spool.view()->empty());
}

}  // namespace
}  // namespace pith
