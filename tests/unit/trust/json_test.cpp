// The reader that trust is decided with: what two readers could understand differently is refused.
#include "trust/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/bytes.h"

namespace pith::trust {
namespace {

using testing::HasSubstr;

std::string fault(std::string_view text) {
    auto json = parse_json(text, "it", 64 * MiB);
    return json ? "read" : json.error().text();
}

template <class Value>
std::string shown(Result<Value> value) {
    return value ? std::string("read") : value.error().text();
}

}  // namespace

TEST(Json, RefusesKeysThatStandTwiceWhereverTheyAre) {
    EXPECT_THAT(fault(R"({"a":1,"a":2})"), HasSubstr("key 'a' twice"));
    EXPECT_THAT(fault(R"({"x":[{"b":{"a":1,"a":1}}]})"), HasSubstr("twice"));
    EXPECT_THAT(fault(R"({"a":{"c":1},"\u0061":2})"), HasSubstr("twice"));
    EXPECT_EQ(fault(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})"), "read");
}

TEST(Json, BoundsSizeDepthAndCounts) {
    EXPECT_THAT(fault(std::string(33, '[') + std::string(33, ']')), HasSubstr("deeper than 32"));
    EXPECT_EQ(fault(std::string(32, '[') + std::string(32, ']')), "read");
    EXPECT_THAT(fault(std::string(32, '[') + R"({"key": {"in": 1}})" + std::string(32, ']')), HasSubstr("deeper than"));
    std::string many = "[0";
    for (int i = 0; i < 1'000'000; ++i) many += ",0";
    EXPECT_THAT(fault(many + "]"), HasSubstr("more than 1000000 values"));
    std::string wide = "{\"0\":0";
    for (int i = 1; i < 5'000; ++i) wide += ",\"" + std::to_string(i) + "\":0";
    EXPECT_THAT(fault(wide + "}"), HasSubstr("more than 4096 keys"));
    EXPECT_THAT(parse_json("[1,2]", "it", 4).error().text(), HasSubstr("larger than 4 B"));
    for (const char* text : {"", "{", "{\"a\":}", "{\"a\":1}x", "\"\xff\"", "nul", "{'a':1}", "[1,]"})
        EXPECT_THAT(fault(text), HasSubstr("not JSON")) << text;
}

TEST(Json, TakesWholeNumbersAsNumbersOrTexts) {
    for (auto [text, number] : {std::pair{"0", 0ULL},
                                {"12", 12ULL},
                                {"\"12\"", 12ULL},
                                {"null", 0ULL},
                                {"9223372036854775807", 9223372036854775807ULL},
                                {"\"9223372036854775807\"", 9223372036854775807ULL}}) {
        auto json = *parse_json(std::string("{\"n\":") + text + "}", "it", KiB);
        EXPECT_EQ(JsonObject::of(json, "it")->number("n").value_or(1), number) << text;
    }
    for (const char* text : {"-1", "\"-1\"", "1.0", "1e3", "\"1e3\"", "9223372036854775808", "\"9223372036854775808\"",
                             "99999999999999999999999999", "\"007\"", "\"\"", "\" 1\"", "\"+1\"", "true", "[1]"}) {
        auto json = *parse_json(std::string("{\"n\":") + text + "}", "it", KiB);
        EXPECT_THAT(shown(JsonObject::of(json, "it")->number("n")), HasSubstr("'it.n' should be a whole number"))
            << text;
    }
}

TEST(Json, NamesTheFieldThatIsWrong) {
    auto json = *parse_json(R"({"list":[{"bytes":"Zg"}],"text":1,"nothing":null})", "it", KiB);
    auto object = *JsonObject::of(json, "it");
    EXPECT_THAT(shown((*object.objects("list", 1))[0].base64("bytes")), HasSubstr("'it.list[0].bytes' is not base64"));
    EXPECT_THAT(shown(object.text("text")), HasSubstr("'it.text' should be a text"));
    EXPECT_THAT(shown(object.text("nothing")), HasSubstr("'it.nothing' is missing"));
    EXPECT_THAT(shown(object.objects("list", 0)), HasSubstr("more than 0"));
    EXPECT_THAT(shown(object.only({"list", "text"})), HasSubstr("'it.nothing' is not a field"));
    EXPECT_THAT(shown(object.object("list")), HasSubstr("'it.list' should be an object"));
    EXPECT_THAT(shown(object.texts("text", 1)), HasSubstr("should be an object"));
}

}  // namespace pith::trust
