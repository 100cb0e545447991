#include "pkg/model.h"

#include <gtest/gtest.h>

namespace pith::pkg {
namespace {

TEST(Model, WritesRelationsAsTheirWorldDoes) {
    struct Case {
        Relation relation;
        const char *deb, *apk;
    };
    const Case cases[] = {
        {{"libc6"}, "libc6", "libc6"},
        {{"libc6", Comparison::greater_equal, "2.34"}, "libc6 (>= 2.34)", "libc6>=2.34"},
        {{"a", Comparison::less, "1"}, "a (<< 1)", "a<1"},
        {{"a", Comparison::less_equal, "1"}, "a (<= 1)", "a<=1"},
        {{"a", Comparison::equal, "1"}, "a (= 1)", "a=1"},
        {{"a", Comparison::greater, "1"}, "a (>> 1)", "a>1"},
        {{"a", Comparison::fuzzy, "1"}, "a (~ 1)", "a~1"},
        {{"perl", Comparison::any, "", "any"}, "perl:any", "perl"},
        {{"php", Comparison::equal, "8", "", "edge"}, "php (= 8)", "php=8@edge"},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(to_text(c.relation, Format::deb), c.deb);
        EXPECT_EQ(to_text(c.relation, Format::apk), c.apk);
    }
    EXPECT_EQ(to_text(Alternatives{{"a"}, {"b", Comparison::equal, "2"}}, Format::deb), "a | b (= 2)");
}

TEST(Model, ComparesVersionsOfEachWorld) {
    EXPECT_LT(compare_versions(Format::deb, "1.0~rc1-1", "1.0-1"), 0);
    EXPECT_GT(compare_versions(Format::deb, "1:0.1", "9"), 0);
    EXPECT_EQ(compare_versions(Format::deb, "1.0-1", "1.0-1"), 0);
    EXPECT_LT(compare_versions(Format::apk, "1.2_rc1-r0", "1.2-r0"), 0);
}

TEST(Model, SatisfiesConstraints) {
    struct Case {
        const char* version;
        Comparison comparison;
        const char* wanted;
        bool expected;
    };
    const Case cases[] = {
        {"1.0", Comparison::any, "", true},
        {"1.0", Comparison::less, "1.0", false},
        {"1.0", Comparison::less, "1.1", true},
        {"1.0", Comparison::less_equal, "1.0", true},
        {"1.1", Comparison::less_equal, "1.0", false},
        {"1.0", Comparison::equal, "1.00", true},
        {"1.0", Comparison::equal, "1.1", false},
        {"1.0", Comparison::greater_equal, "1.0", true},
        {"1.0~beta", Comparison::greater_equal, "1.0", false},
        {"1.0", Comparison::greater, "1.0", false},
        {"1.0-1", Comparison::greater, "1.0", true},
        // A prefix holds whole components only.
        {"1.22.1-9", Comparison::fuzzy, "1.22", true},
        {"1.22.1-9", Comparison::fuzzy, "1.2", false},
        {"1.22.1-9", Comparison::fuzzy, "1.22.1-9", true},
        {"1.22.1-9", Comparison::fuzzy, "1.22.1-9+b1", false},
        {"5:7.0.15-1", Comparison::fuzzy, "7.0", true},
        {"5:7.0.15-1", Comparison::fuzzy, "5:7", true},
        {"5:7.0.15-1", Comparison::fuzzy, "6:7", false},
        {"3.0rc1", Comparison::fuzzy, "3.0r", false},
    };
    for (const auto& c : cases) {
        Relation relation{"x", c.comparison, c.wanted};
        EXPECT_EQ(satisfies(Format::deb, c.version, relation), c.expected) << c.version << " " << c.wanted;
    }
    EXPECT_TRUE(satisfies(Format::apk, "1.2.3-r4", {"x", Comparison::fuzzy, "1.2"}));
    EXPECT_FALSE(satisfies(Format::apk, "1.20.3-r4", {"x", Comparison::fuzzy, "1.2"}));
}

}  // namespace
}  // namespace pith::pkg
