#include "pkg/deb/release.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/support.h"

using namespace pith;
using namespace pith::pkg::deb;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const std::string digest(64, 'a');

std::string release(std::string_view files, std::string_view more = "") {
    return fmt::format(
        "Origin: Test\nSuite: stable\nCodename: trixie\nDate: Sat, 08 Feb 2025 10:12:33 UTC\n{}SHA256:\n{}", more,
        files);
}

}  // namespace

TEST(Release, RealOneIsRead) {
    auto parsed = parse_release(test::slurp(test::data("debian/trixie-updates/Release")), "Release");
    ASSERT_OK(parsed);
    EXPECT_EQ(parsed->origin, "Debian");
    EXPECT_EQ(parsed->suite, "stable-updates");
    EXPECT_EQ(parsed->codename, "trixie-updates");
    EXPECT_EQ(to_rfc3339(parsed->date), "2026-11-22T02:09:05Z");
    EXPECT_EQ(to_rfc3339(*parsed->valid_until), "2026-11-29T02:09:05Z");
    EXPECT_TRUE(parsed->by_hash);
    EXPECT_TRUE(parsed->all_in_native);
    ASSERT_NE(parsed->find("main/binary-amd64/Packages.xz"), nullptr);
    EXPECT_GT(parsed->find("main/binary-amd64/Packages.xz")->size, 0U);
    EXPECT_EQ(parsed->find("main/binary-amd64/Packages.rar"), nullptr);
}

TEST(Release, WhatBreaksTheFormatIsRefused) {
    struct {
        std::string text;
        const char* why;
    } cases[] = {
        {release(" " + digest + " 10 ../../etc/passwd\n"), "leaves its folder"},
        {release(" " + digest + " 10 main/../../x\n"), "leaves its folder"},
        {release(" " + digest + " 10 /etc/passwd\n"), "leaves its folder"},
        {release(" " + digest + " -1 main/x\n"), "no size"},
        {release(" " + digest + " 99999999999999999999999 main/x\n"), "no size"},
        {release(" abc 1 main/x\n"), "no SHA-256"},
        {release(" " + digest + " 1\n"), "a line reads"},
        {release(" " + digest + " 1 x\n " + digest + " 2 x\n"), "'x' twice"},
        {"Suite: stable\nDate: Sat, 08 Feb 2025 10:12:33 UTC\n", "no SHA256 list"},
        {"Suite: stable\nDate: yesterday\nSHA256:\n " + digest + " 1 x\n", "Date is no date: 'yesterday'"},
        {release(" " + digest + " 1 x\n", "Valid-Until: never\n"), "Valid-Until is no date"},
        {"", "Release"},
        {"no stanza", "Release:1"},
    };
    for (const auto& c : cases) {
        auto parsed = parse_release(c.text, "Release");
        ASSERT_FALSE(parsed) << c.text;
        EXPECT_EQ(parsed.error().code, ErrorCode::format) << c.text;
        EXPECT_THAT(parsed.error().text(), HasSubstr(c.why));
    }
}

TEST(Release, PackagesOfArchitectureAllMayStandApart) {
    auto files = " " + digest + " 1 x\n";
    EXPECT_TRUE(parse_release(release(files, "Architectures: amd64\n"), "")->all_in_native);
    EXPECT_FALSE(parse_release(release(files, "Architectures: all amd64\n"), "")->all_in_native);
    EXPECT_TRUE(
        parse_release(release(files, "Architectures: all amd64\nNo-Support-for-Architecture-all: Packages\n"), "")
            ->all_in_native);
}

TEST(Release, MustBeTheSuiteThatWasAskedForAndOfToday) {
    auto parsed =
        parse_release(release(" " + digest + " 1 x\n", "Valid-Until: Sat, 15 Feb 2025 10:12:33 UTC\n"), "Release");
    ASSERT_OK(parsed);
    auto at = [](std::string_view date) { return *parse_date(date); };
    auto today = at("Mon, 10 Feb 2025 00:00:00 UTC");
    auto before = at("Fri, 07 Feb 2025 00:00:00 UTC"), after = at("Sun, 16 Feb 2025 00:00:00 UTC");
    for (const char* suite : {"stable", "trixie", "trixie/updates"})
        EXPECT_OK(check_release(*parsed, "R", {suite, today}));
    struct {
        ReleaseChecks checks;
        const char* why;
    } cases[] = {{{"bookworm", today}, "'bookworm' was asked for"},
                 {{"trixie", before}, "is in the future"},
                 {{"trixie", after}, "it expired"}};
    for (auto& c : cases) {
        auto checked = check_release(*parsed, "R", c.checks);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, ErrorCode::integrity);
        EXPECT_THAT(checked.error().text(), HasSubstr(c.why));
    }
    EXPECT_OK(check_release(*parsed, "R", {.suite = "trixie", .now = before, .date = false}));
    EXPECT_OK(check_release(*parsed, "R", {.suite = "trixie", .now = after, .valid_until = false}));
    EXPECT_OK(check_release(*parsed, "R", {"trixie", parsed->date - std::chrono::seconds(5)}));
}

TEST(Release, Dates) {
    EXPECT_EQ(to_rfc3339(*parse_date("Thu, 29 Feb 2024 23:59:60 GMT")), "2024-03-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(*parse_date("1 Jan 1970 00:00:00 +0000")), "1970-01-01T00:00:00Z");
    for (const char* bad :
         {"", "Sat, 30 Feb 2025 10:12:33 UTC", "Sat, 08 Feb 2025 24:12:33 UTC", "Sat, 08 Feb 2025 10:12:33 CET",
          "Sat, 08 Feb 2025 10:12 UTC", "Sat, 08 Foo 2025 10:12:33 UTC", "Sat, 08 Feb 99999 10:12:33 UTC"})
        EXPECT_EQ(parse_date(bad), std::nullopt) << bad;
}
