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

}  // namespace
}  // namespace pith::pkg
