#include "base/json_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace pith {
namespace {

using testing::HasSubstr;

std::string fault(std::string_view text, const JsonLimits& limits) {
    auto checked = check_json(text, "it", limits);
    return checked ? "sound" : checked.error().text();
}

std::string object_of(int keys) {
    std::string out = "{\"0\":0";
    for (int i = 1; i < keys; ++i) out += fmt::format(",\"{}\":0", i);
    return out + "}";
}

TEST(JsonCheck, BoundsWhatATreeCosts) {
    EXPECT_EQ(fault(object_of(100), {.depth = 1, .values = 101, .keys = 100}), "sound");
    EXPECT_EQ(fault(object_of(100), {.depth = 1, .keys = 99}), "it has an object of more than 99 keys");
    EXPECT_EQ(fault(object_of(100), {.depth = 1, .values = 100}), "it has more than 100 values");
    EXPECT_EQ(fault("[[]]", {.depth = 1}), "it is nested deeper than 1 levels");
    // Each object is sound, and all of them together would take seconds to look through.
    std::string many = "[0";
    for (int i = 0; i < 9; ++i) many += "," + object_of(4'000);
    EXPECT_EQ(fault(many + "]", {.depth = 2}), "it has too many large objects");
    EXPECT_EQ(fault(many + "]", {.depth = 2, .keys = {}}), "sound");
}

TEST(JsonCheck, FindsAKeyThatStandsTwice) {
    EXPECT_THAT(fault(R"({"a":1,"b":{"a":1},"\u0061":2})", {.depth = 9}), HasSubstr("the key 'a' twice in one object"));
    EXPECT_EQ(fault(R"({"a":1,"a":2})", {.depth = 9, .keys = {}}), "sound");
}

TEST(JsonCheck, TellsWhereItIsNoJson) {
    EXPECT_THAT(fault("{\n\"a\":}", {.depth = 9}), HasSubstr("it is not JSON: parse error at line 2, column 5"));
    EXPECT_THAT(fault("", {.depth = 9}), HasSubstr("it is not JSON: parse error at line 1"));
}

}  // namespace
}  // namespace pith
