// What registries say in headers.
#include "oci/registry/headers.h"

#include <gtest/gtest.h>

namespace pith::oci::registry {
namespace {

TEST(Headers, Challenges) {
    auto one = read_challenges(
        R"(Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push")");
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one[0].scheme, "bearer");
    EXPECT_EQ(one[0].parameter("realm"), "https://auth.example/token");
    EXPECT_EQ(one[0].parameter("scope"), "repository:a/b:pull,push");
    EXPECT_EQ(one[0].parameter("absent"), "");

    auto two = read_challenges(R"(BASIC Realm = "a \"b\"" , Bearer realm=plain)");
    ASSERT_EQ(two.size(), 2u);
    EXPECT_EQ(two[0].scheme, "basic");
    EXPECT_EQ(two[0].parameter("realm"), "a \"b\"");
    EXPECT_EQ(two[1].scheme, "bearer");
    EXPECT_EQ(two[1].parameter("realm"), "plain");

    for (const char* broken : {"", ",,,", "=", "\"x\"", R"(realm="x")"}) EXPECT_TRUE(read_challenges(broken).empty());
    EXPECT_EQ(read_challenges(R"(Bearer realm="never ends)")[0].parameter("realm"), "");
}

TEST(Headers, NextLink) {
    EXPECT_EQ(next_link(R"(</v2/a/tags/list?n=2&last=b>; rel="next")"), "/v2/a/tags/list?n=2&last=b");
    EXPECT_EQ(next_link("<x>; rel=next"), "x");
    EXPECT_EQ(next_link(R"(<x>; rel="prev", <y>; title="a, b"; rel="last next")"), "y");
    for (const char* none : {"", "<x>", "<x>; rel=prev", "<x", "x; rel=next", R"(<x>; rel="next)"})
        EXPECT_EQ(next_link(none), "") << none;
}

TEST(Headers, Uploaded) {
    EXPECT_EQ(uploaded("0-99"), 100u);
    EXPECT_EQ(uploaded("bytes=0-99"), 100u);
    for (const char* none : {"", "0", "5-9", "0--1", "0-x", "0-18446744073709551615", "0-99999999999999999999"})
        EXPECT_FALSE(uploaded(none)) << none;
}

TEST(Headers, MediaTypes) { EXPECT_EQ(media_type_of(" Text/HTML ; charset=utf-8"), "text/html"); }

}  // namespace
}  // namespace pith::oci::registry
