#include <gmock/gmock.h>

#include "archive/tar.h"
#include "support/support.h"

using namespace pith;
using archive::clean_path;
using testing::HasSubstr;

TEST(CleanPath, Resolves) {
    const std::pair<std::string, std::string> cases[] = {
        {"./usr//bin/", "usr/bin"},
        {"usr/./bin/.", "usr/bin"},
        {"./", ""},
        {".", ""},
        {"", ""},
        {"a...b/..c/...", "a...b/..c/..."},
        {"é\n/ x", "é\n/ x"},
        {std::string(255, 'n'), std::string(255, 'n')},
    };
    for (const auto& [path, expected] : cases) {
        auto clean = clean_path(path);
        ASSERT_OK(clean);
        EXPECT_EQ(*clean, expected);
        EXPECT_EQ(*clean_path(*clean), expected);
    }
}

TEST(CleanPath, Refuses) {
    using namespace std::string_literals;
    const std::pair<std::string, std::string> cases[] = {
        {"..", "'..'"},
        {"./usr//bin/../x", "'..'"},
        {"a/..", "'..'"},
        {"/etc/passwd", "is absolute"},
        {"//", "is absolute"},
        {"a\0b"s, "'a\\x00b' in an archive has a NUL"},
        {"a/" + std::string(256, 'n'), "a component of more than 255 bytes"},
    };
    for (const auto& [path, message] : cases) {
        auto clean = clean_path(path);
        ASSERT_FALSE(clean) << path;
        EXPECT_EQ(clean.error().code, ErrorCode::format);
        EXPECT_THAT(clean.error().message, HasSubstr(message));
    }
}
