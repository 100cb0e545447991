#include "base/yaml.h"

#include <gtest/gtest.h>

using namespace pith;

TEST(Yaml, KeepsLinesAndOrder) {
    auto node = yaml::parse("b: 1\na:\n  - x\n  - \"2\"\n", "f");
    ASSERT_TRUE(node);
    EXPECT_EQ(node->map[0].first, "b");
    EXPECT_EQ(node->key_lines[1], 2);
    EXPECT_EQ(node->find("a")->items[1].line, 4);
    EXPECT_TRUE(node->find("a")->items[1].quoted);
    EXPECT_FALSE(node->find("a")->items[0].quoted);
}

TEST(Yaml, RefusesDuplicatesBombsAndDepth) {
    auto twice = yaml::parse("a: 1\na: 2\n", "f");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().message, "f:2: the key 'a' stands twice");

    std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c < 'k'; ++c) {
        std::string line = std::string(1, c) + ": &" + c + " [";
        for (int i = 0; i < 10; ++i) line += std::string(i ? "," : "") + "*" + static_cast<char>(c - 1);
        bomb += line + "]\n";
    }
    auto exploded = yaml::parse(bomb, "f");
    ASSERT_FALSE(exploded);
    EXPECT_EQ(exploded.error().code, ErrorCode::limit);

    EXPECT_FALSE(yaml::parse(std::string(100'000, '['), "f"));
    EXPECT_FALSE(yaml::parse("a: b: c", "f"));
}

TEST(Yaml, AliasesAreCopiesWithinTheBounds) {
    auto node = yaml::parse("a: &x {k: [1, 2]}\nb: *x\n", "f");
    ASSERT_TRUE(node);
    EXPECT_EQ(node->find("b")->find("k")->items[1].scalar, "2");

    for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
             {"a: &x [*x]\n", "an alias to what it is a part of"},
             {"- &a " + std::string(40, '[') + std::string(40, ']') + "\n- " + std::string(30, '[') + "*a" +
                  std::string(30, ']') + "\n",
              "nested deeper than 64"}}) {
        auto refused = yaml::parse(text, "f");
        ASSERT_FALSE(refused) << text;
        EXPECT_NE(refused.error().message.find(says), std::string::npos) << refused.error().message;
    }
}

TEST(Yaml, CopiesOfAnchorsAreBounded) {
    std::string text;
    for (int i = 0; i < 50; ++i) text += "- &a" + std::to_string(i) + "\n" + std::string(i + 1, ' ');
    for (int i = 0; i < 10'000; ++i) text += "- x\n" + std::string(50, ' ');
    auto refused = yaml::parse(text, "f");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::limit) << refused.error().message;
}

TEST(Yaml, WhatIsNotTextIsRefused) {
    using namespace std::literals;
    for (auto [text, says] : {std::pair{"a: \xff\n"sv, "f:1: the byte 0xff at 3 is not text"},
                              {"a: 1\nb: \0\n"sv, "f:2: the byte 0x00 at 8 is not text"},
                              {"a: \x1b[31m\n"sv, "f:1: the byte 0x1b at 3"},
                              {"a: \xed\xa0\x80\n"sv, "f:1: the byte 0xed at 3"},
                              {"\xfe\xff\0a"sv, "f:1: the byte 0xfe at 0"}}) {
        auto refused = yaml::parse(text, "f");
        ASSERT_FALSE(refused) << text;
        EXPECT_TRUE(refused.error().message.starts_with(says)) << refused.error().message;
    }
    EXPECT_TRUE(yaml::parse("a: gr\u00fc\u00df \U0001f600\n", "f"));
}

// yaml-cpp never ends when it is asked for all documents of such a text.
TEST(Yaml, TextThatOpensWithACommaIsRefused) {
    for (const auto* text : {",", "\t,Q\n", "---\n,\n"}) EXPECT_FALSE(yaml::parse(text, "f")) << text;
}
