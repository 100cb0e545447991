// APKINDEX: its text, its archive, and what upstream expects of real ones.
#include "pkg/apk/index.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "support/support.h"

namespace pith::pkg::apk {

using testing::AllOf;
using testing::HasSubstr;

namespace {

constexpr std::string_view checksum = "C:Q1Pi7+Lp0TdU9DNxeZKvFbOSjmncw=\n";
const std::string small = std::string(checksum) + "P:a\nV:1-r0\n";

// All that a package says, one fact a line.
std::string dump(const Package& package) {
    std::string out = fmt::format("{} {} {} from {} {}\n", package.name, package.version, package.architecture,
                                  package.source, package.source_version);
    auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) out += fmt::format("  {}: {}\n", key, value);
    };
    auto relations = [](const std::vector<Relation>& all) {
        std::vector<std::string> texts;
        for (const auto& relation : all) texts.push_back(to_text(relation, Format::apk));
        return join(texts, " ");
    };
    std::vector<std::string> depends, provides;
    for (const auto& alternatives : package.depends) depends.push_back(to_text(alternatives, Format::apk));
    for (const auto& provide : package.provides)
        provides.push_back(provide.version.empty() ? provide.name : provide.name + "=" + provide.version);
    add("depends", join(depends, " "));
    add("conflicts", relations(package.conflicts));
    add("provides", join(provides, " "));
    add("provider priority", package.provider_priority ? std::to_string(package.provider_priority) : "");
    add("install if", relations(package.install_if));
    add("replaces", relations(package.replaces));
    add("replaces priority", package.replaces_priority ? std::to_string(package.replaces_priority) : "");
    add("licence", package.license);
    add("homepage", package.homepage);
    add("maintainer", package.maintainer);
    add("file", fmt::format("{} {} {}", package.path, package.size, package.apk_checksum));
    add("installed size", std::to_string(package.installed_size));
    return out;
}

std::string dump(const std::vector<Package>& packages) {
    std::string out;
    for (const auto& package : packages) out += dump(package);
    return out;
}

}  // namespace

TEST(ApkIndex, ReadsEveryKey) {
    auto packages = parse_index(
        "C:Q1Pi7+Lp0TdU9DNxeZKvFbOSjmncw=\nP:busybox\nV:1.35.0-r17\nA:aarch64\nS:12\nI:34\nT:Size: all: \xc3\xa9\n"
        "U:https://example.org\nL:GPL-2.0-only\no:origin\nm:A B <a@example.org>\nt:1600096848\nc:af13bd\n"
        "D:!musl<1 so:libc.so.6 scanelf>=1.2\np:/bin/sh cmd:sh=1.35.0-r17\ni:a b=2\nk:100\nr:old<2 "
        "older\nq:7\nx:new\n\n\n"
        "P:bare\nV:0\nC:Q1Pi7+Lp0TdU9DNxeZKvFbOSjmncw=\nD:\np: \n",
        "APKINDEX");
    ASSERT_OK(packages);
    EXPECT_EQ(dump(*packages),
              "busybox 1.35.0-r17 aarch64 from origin 1.35.0-r17\n"
              "  depends: so:libc.so.6 scanelf>=1.2\n"
              "  conflicts: musl<1\n"
              "  provides: /bin/sh cmd:sh=1.35.0-r17\n"
              "  provider priority: 100\n"
              "  install if: a b=2\n"
              "  replaces: old<2 older\n"
              "  replaces priority: 7\n"
              "  licence: GPL-2.0-only\n"
              "  homepage: https://example.org\n"
              "  maintainer: A B <a@example.org>\n"
              "  file: busybox-1.35.0-r17.apk 12 Q1Pi7+Lp0TdU9DNxeZKvFbOSjmncw=\n"
              "  installed size: 34\n"
              "bare 0  from bare 0\n"
              "  file: bare-0.apk 0 Q1Pi7+Lp0TdU9DNxeZKvFbOSjmncw=\n"
              "  installed size: 0\n");
    EXPECT_EQ(packages->front().format, Format::apk);
    EXPECT_TRUE(parse_index("", "APKINDEX")->empty());
    EXPECT_TRUE(parse_index("\n\n", "APKINDEX")->empty());
}

TEST(ApkIndex, NamesTheLineOfAFault) {
    struct Case {
        std::string text, message;
        ErrorCode code = ErrorCode::format;
    };
    const Case cases[] = {
        {"P", "x:1: 'P' is not a line"},
        {"<html>", "x:1: '<html>' is not a line"},
        {small + "\nP:b\r\n", "x:5: key 'P': 'b\\x0d' is not"},
        {small + "P:a\n", "x:4: package 'a': key 'P': it stands twice"},
        {"P:a\nV:1\n\nP:b\n", "x:3: package 'a': the package ends without its key 'C'"},
        {"V:1\n", "the package ends without its key 'P'"},
        {"P:a\n" + std::string(checksum), "the package ends without its key 'V'"},
        {small + "F:etc\n", "key 'F': not a key of an index", ErrorCode::unsupported},
        {small + "\x01:x\n", "key '\\x01'", ErrorCode::unsupported},
        {"P:../a\n", "'../a' is not"},
        {"P:a/b\n", "'a/b' is not"},
        {"P:\n", "'' is not"},
        {"P:" + std::string(513, 'a'), "is not 1 to 512"},
        {"V:1/2\n", "'1/2' is not"},
        {"C:Q2Pi7+Lp0TdU9DNxeZKvFbOSjmncw=\n", "the base64 of a SHA-1"},
        {"C:Q1short=\n", "the base64 of a SHA-1"},
        {"C:Q1Pi7+Lp0TdU9DNxeZKvFbOSjmn!w=\n", "the base64 of a SHA-1"},
        {"S:-1\n", "not a size"},
        {"I:99999999999999999999\n", "not a size"},
        {"k:2147483648\n", "not a priority"},
        {"D:a==1\n", "dependency 'a==1': '==' is no comparison"},
        {"p:a>1\n", "provided name 'a>1'"},
        {"i:!a\n", "'!a' stands where only names", ErrorCode::unsupported},
        {"r:!a\n", "'!a' stands where only names", ErrorCode::unsupported},
        {"T:" + std::string(5 << 20, 'x'), "more than 4194304", ErrorCode::limit},
    };
    for (const auto& c : cases) {
        auto read = parse_index(c.text, "x");
        ASSERT_FALSE(read) << c.message;
        EXPECT_EQ(read.error().code, c.code) << c.message;
        EXPECT_THAT(read.error().text(), AllOf(HasSubstr("x:"), HasSubstr(c.message)));
    }
}

TEST(ApkIndex, ReadsLongLines) {
    std::string text = small + "D:";
    for (int i = 0; i < 15'000; ++i) text += fmt::format("so:library-number-{}.so.{}=1.{} ", i, i, i);
    ASSERT_GT(text.size(), 64 * KiB);
    auto packages = parse_index(text, "APKINDEX");
    ASSERT_OK(packages);
    EXPECT_EQ(packages->at(0).depends.size(), 15'000U);
}

TEST(ApkIndex, ReadsRealIndexes) {
    auto folder = test::shared("apk");
    PITH_NEED(folder, "../shared/data");
    struct Case {
        std::string name;
        std::size_t packages;
    };
    for (const auto& c : {Case{"signing", 16}, Case{"rsa256-signed", 1}, Case{"", 2}}) {
        auto file = test::slurp(*folder / c.name / "APKINDEX.tar.gz");
        auto packages = read_index(as_bytes(file), "APKINDEX.tar.gz");
        ASSERT_OK(packages);
        EXPECT_EQ(packages->size(), c.packages) << c.name;
        test::expect_golden("apk/index-" + (c.name.empty() ? "top" : c.name) + ".txt", dump(*packages));
    }
    auto text = test::slurp(*folder / "extracted/APKINDEX");
    auto file = test::slurp(*folder / "APKINDEX.tar.gz");
    EXPECT_EQ(*parse_index(text, "APKINDEX"), *read_index(as_bytes(file), "APKINDEX.tar.gz"));
}

TEST(ApkIndex, RefusesArchivesThatHoldNone) {
    test::Scratch scratch;
    test::spit(scratch / "APKINDEX", small);
    test::spit(scratch / "DESCRIPTION", "x");
    auto read = [&](const std::string& make) {
        auto made = test::sh(fmt::format("cd {} && {}", scratch.path().string(), make));
        EXPECT_EQ(made.exit_code, 0) << made.err;
        auto file = test::slurp(scratch / "out");
        return read_index(as_bytes(file), "out");
    };
    EXPECT_OK(read("tar cf - APKINDEX DESCRIPTION | gzip > out"));
    auto without = read("tar cf - DESCRIPTION | gzip > out");
    ASSERT_FALSE(without);
    EXPECT_THAT(without.error().text(), AllOf(HasSubstr("out"), HasSubstr("holds no APKINDEX")));
    auto twice = read("tar cf - APKINDEX APKINDEX --hard-dereference | gzip > out");
    ASSERT_FALSE(twice);
    EXPECT_THAT(twice.error().text(), HasSubstr("holds APKINDEX twice"));
    auto html = read("echo '<html>' > out");
    ASSERT_FALSE(html);
    EXPECT_EQ(html.error().code, ErrorCode::format);
    auto truncated = read("tar cf - APKINDEX | gzip | head -c 60 > out");
    ASSERT_FALSE(truncated);
    EXPECT_EQ(truncated.error().code, ErrorCode::format);
    auto bomb = read("(tar cf - DESCRIPTION; head -c 100M /dev/zero) | gzip > out");
    ASSERT_FALSE(bomb);
    EXPECT_EQ(bomb.error().code, ErrorCode::limit);
}

}  // namespace pith::pkg::apk
