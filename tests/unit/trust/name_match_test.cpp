#include "trust/name_match.h"

#include <gtest/gtest.h>

namespace pith::trust {

TEST(NameMatch, IsExact) {
    auto match = NameMatch::exactly("https://github.com/me/it");
    EXPECT_TRUE(match.accepts("https://github.com/me/it"));
    for (const char* other : {"", "https://github.com/me/it/", "https://github.com/me/i", "HTTPS://github.com/me/it",
                              "https://github.com/me/it\n"})
        EXPECT_FALSE(match.accepts(other)) << other;
    EXPECT_FALSE(NameMatch::exactly(".*").accepts("x"));
}

TEST(NameMatch, AnchorsPatterns) {
    for (const char* pattern :
         {"https://github.com/me/.*", "(?m)^https://github.com/me/.*$", "https://github.com/me/a|.*b"}) {
        auto match = *NameMatch::pattern(pattern);
        EXPECT_TRUE(match.accepts("https://github.com/me/a")) << pattern;
        EXPECT_FALSE(match.accepts("https://evil.example/?https://github.com/me/a")) << pattern;
        EXPECT_FALSE(match.accepts("https://evil.example/\nhttps://github.com/me/a")) << pattern;
        EXPECT_FALSE(match.accepts("https://github.com/me/a\nx")) << pattern;
    }
    EXPECT_FALSE(NameMatch::pattern("github")->accepts("https://github.com"));
    EXPECT_EQ(NameMatch::pattern("(").error().code, ErrorCode::usage);
    // Backtracking would take for ever.
    EXPECT_FALSE(NameMatch::pattern("(a*)*b")->accepts(std::string(2000, 'a')));
}

}  // namespace pith::trust
