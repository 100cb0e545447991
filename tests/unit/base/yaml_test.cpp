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
