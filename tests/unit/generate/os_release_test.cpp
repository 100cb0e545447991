#include "compose/generate/os_release.h"

#include <gtest/gtest.h>

#include "support/support.h"

using namespace pith;
using namespace pith::compose;

namespace {

const std::string debian =
    "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n# comment\n\nVERSION_ID='13'\nVERSION_CODENAME=trixie\n";

TEST(OsRelease, ReadsTheShellsQuoting) {
    auto read = read_os_release(debian + "A=\"say \\\"\\$x\\\"\"\nB=a\\ b\n  C=  \nD=\n");
    ASSERT_OK(read);
    EXPECT_EQ(*read, (std::vector<std::pair<std::string, std::string>>{{"PRETTY_NAME", "Debian GNU/Linux 13 (trixie)"},
                                                                       {"VERSION_ID", "13"},
                                                                       {"VERSION_CODENAME", "trixie"},
                                                                       {"A", "say \"$x\""},
                                                                       {"B", "a b"},
                                                                       {"C", ""},
                                                                       {"D", ""}}));
}

TEST(OsRelease, ChangesValuesInTheirPlaceAndAppendsTheRest) {
    auto edited =
        edit_os_release(debian, {{"VERSION_ID", "13.1"}, {"VARIANT", "A \"$\" `b` \\"}, {"IMAGE_ID", "nginx"}});
    ASSERT_OK(edited);
    EXPECT_EQ(*edited,
              "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n# comment\n\nVERSION_ID=13.1\nVERSION_CODENAME=trixie\n"
              "IMAGE_ID=nginx\nVARIANT=\"A \\\"\\$\\\" \\`b\\` \\\\\"\n");
    EXPECT_EQ(read_os_release(*edited)->back().second, "A \"$\" `b` \\");
    EXPECT_EQ(*edit_os_release(debian, {}), debian);
    EXPECT_EQ(*edit_os_release("A=1", {}), "A=1\n") << "the last line gets its end";
    EXPECT_EQ(*edit_os_release("", {{"ID", "x"}}), "ID=x\n");
}

TEST(OsRelease, NamesTheLineItCannotRead) {
    for (const char* line : {"novalue", "lower=x", "1A=x", "=x", "A=$(id)", "A=\"x", "A='it's'", "A=x y", "A=`id`",
                             "A=\"a\"b\"", "A=x\\"}) {
        auto read = read_os_release(std::string("ID=debian\n") + line + "\n");
        ASSERT_FALSE(read) << line;
        EXPECT_NE(read.error().text().find("os-release line 2"), std::string::npos) << read.error().text();
    }
    EXPECT_EQ(read_os_release("A=" + std::string(70000, 'x')).error().code, ErrorCode::limit);
}

TEST(OsRelease, RefusesKeysAndValuesItCannotHold) {
    for (const auto& [key, value] : std::map<std::string, std::string>{
             {"id", "x"}, {"A B", "x"}, {"", "x"}, {"A", "two\nlines"}, {"B", std::string(5000, 'x')}})
        EXPECT_EQ(edit_os_release("", {{key, value}}).error().code, ErrorCode::usage) << key;
}

}  // namespace
