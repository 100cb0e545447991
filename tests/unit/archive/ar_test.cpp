#include "archive/ar.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/support.h"

using namespace pith;
using archive::read_ar;
using testing::HasSubstr;

namespace {

std::string member(std::string_view name, std::string_view content, std::string_view size = "") {
    auto length = size.empty() ? fmt::to_string(content.size()) : std::string(size);
    return fmt::format("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n{}", name, 0, 0, 0, "100644", length, content);
}

std::string ar(const std::vector<std::string>& members) {
    std::string out = "!<arch>\n";
    for (const auto& m : members) {
        if (out.size() % 2) out += '\n';
        out += m;
    }
    return out;
}

}  // namespace

TEST(Ar, ReadsPlainAndGnuNames) {
    auto bytes = ar({member("debian-binary", "2.0\n"), member("control.tar.xz/", "odd"), member("data tar", "")});
    auto members = read_ar(as_bytes(bytes));
    ASSERT_OK(members);
    ASSERT_EQ(members->size(), 3U);
    EXPECT_EQ((*members)[0].name, "debian-binary");
    EXPECT_EQ(as_text((*members)[0].content), "2.0\n");
    EXPECT_EQ((*members)[1].name, "control.tar.xz");
    EXPECT_EQ(as_text((*members)[1].content), "odd");
    EXPECT_EQ((*members)[2].name, "data tar");
    EXPECT_TRUE((*members)[2].content.empty());
}

TEST(Ar, ReadsWhatArWrites) {
    if (!test::have("ar")) GTEST_SKIP() << "binutils' ar is not installed";
    test::Scratch scratch;
    test::spit(scratch / "debian-binary", "2.0\n");
    test::spit(scratch / "control.tar.gz", "odd");
    ASSERT_EQ(test::sh("cd " + scratch.path().string() + " && ar rc x.deb debian-binary control.tar.gz").exit_code, 0);
    auto bytes = test::slurp(scratch / "x.deb");
    auto members = read_ar(as_bytes(bytes));
    ASSERT_OK(members);
    ASSERT_EQ(members->size(), 2U);
    EXPECT_EQ((*members)[1].name, "control.tar.gz");
    EXPECT_EQ(as_text((*members)[1].content), "odd");
}

TEST(Ar, RefusesWhatBreaksTheFormat) {
    auto whole = ar({member("debian-binary", "2.0\n")});
    struct Case {
        std::string bytes, message;
        ErrorCode code = ErrorCode::format;
    };
    const Case cases[] = {
        {"", "not an ar archive"},
        {"!<arch>", "not an ar archive"},
        {"PK\3\4 something else", "not an ar archive"},
        {whole.substr(0, 40), "32 bytes at byte 8 where a member's header of 60"},
        {whole.substr(0, whole.size() - 1), "'debian-binary' at byte 8: truncated, 3 bytes of 4"},
        {ar({member("a", "x", "9999999999")}), "'a' at byte 8: truncated, 1 bytes of 9999999999"},
        {ar({member("a", "x", "-1")}), "'-1' is no size"},
        {ar({member("a", "x", "0x1")}), "'0x1' is no size"},
        {ar({member("a", "x", "1 1")}), "'1 1' is no size"},
        {ar({member("a", "x", " ")}), "'' is no size"},
        {ar({member("", "x")}), "at byte 8: has no name"},
        {ar({member("a", "x"), "junk where a header of sixty bytes should stand, and yet does not"}),
         "no ar member's header at byte 70"},
        {ar({member("a", "x"), member("b", "y"), member("a/", "z")}), "'a' at byte 132: an earlier member"},
        {ar({member("//", "x")}), "a long name or a symbol table", ErrorCode::unsupported},
        {ar({member("/", "x")}), "a long name or a symbol table", ErrorCode::unsupported},
        {ar({member("#1/20", "x")}), "a long name or a symbol table", ErrorCode::unsupported},
    };
    for (const auto& c : cases) {
        auto members = read_ar(as_bytes(c.bytes));
        ASSERT_FALSE(members) << c.message;
        EXPECT_EQ(members.error().code, c.code) << c.message;
        EXPECT_THAT(members.error().message, HasSubstr(c.message));
    }
}

TEST(Ar, BoundsTheNumberOfMembers) {
    std::vector<std::string> members;
    for (int i = 0; i < 64; ++i) members.push_back(member(fmt::format("m{}", i), ""));
    EXPECT_OK(read_ar(as_bytes(ar(members))));
    members.push_back(member("more", ""));
    auto many = read_ar(as_bytes(ar(members)));
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().code, ErrorCode::limit);
    EXPECT_THAT(many.error().message, HasSubstr("more than 64 members"));
}
