#include "runner/text_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "support/support.h"

namespace pith::runner {

TEST(TextMatch, FindsInLines) {
    struct Case {
        std::string pattern, text;
        bool found;
    };
    const Case cases[] = {
        {"b", "abc", true},
        {"^b", "a\nbc", true},
        {"b$", "ab\nc", true},
        {"^b", "ab", false},
        {"a.*c", "a\nc", false},
        {"^(yes|no)$", "no\n", true},
        {"x", "", false},
        {"^$", "", true},
        {"c", std::string("a\0bc", 4), true},
        {"x", std::string(256 * KiB, 'a') + "x", false},
        {"\\\\1", "\\1", true},
    };
    for (const auto& c : cases) {
        auto found = finds(c.pattern, c.text);
        ASSERT_OK(found);
        EXPECT_EQ(*found, c.found) << c.pattern << " in " << c.text.substr(0, 20);
    }
}

TEST(TextMatch, RefusesWhatIsNoExpression) {
    for (std::string pattern : {"(", "[", "a{2", "(a)\\1", "\\9"}) {
        auto found = finds(pattern, "text");
        ASSERT_FALSE(found) << pattern;
        EXPECT_EQ(found.error().code, ErrorCode::usage);
        EXPECT_THAT(found.error().text(), testing::HasSubstr("regular expression '"));
    }
}

// Nested repetition, which costs a backtracking matcher exponential time, and one that costs it a frame a character.
TEST(TextMatch, StandsHostileText) {
    const std::string text = std::string(200 * KiB, 'a') + "b";
    EXPECT_FALSE(*finds("^(a+)+$", text));
    EXPECT_TRUE(*finds("^(a|b)*$", text));
}

}  // namespace pith::runner
