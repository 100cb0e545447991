#include "pkg/apk/dependency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "support/support.h"

namespace pith::pkg::apk {

using testing::HasSubstr;

TEST(ApkDependency, ReadsEveryForm) {
    struct Case {
        std::string_view text;
        Dependency expected;
    };
    const Case cases[] = {
        {"musl", {{"musl"}}},
        {"so:libz.so.1=1.3", {{"so:libz.so.1", Comparison::equal, "1.3"}}},
        {"cmd:[=9.1-r0", {{"cmd:[", Comparison::equal, "9.1-r0"}}},
        {"/bin/sh", {{"/bin/sh"}}},
        {"!musl", {{"musl"}, true}},
        {"!musl<1.2", {{"musl", Comparison::less, "1.2"}, true}},
        {"a<1", {{"a", Comparison::less, "1"}}},
        {"a<=1", {{"a", Comparison::less_equal, "1"}}},
        {"a>=1", {{"a", Comparison::greater_equal, "1"}}},
        {"a>1", {{"a", Comparison::greater, "1"}}},
        {"a~1", {{"a", Comparison::fuzzy, "1"}}},
        {"a=~1", {{"a", Comparison::fuzzy, "1"}}},
        {"a@edge", {{"a", Comparison::any, "", "", "edge"}}},
        {"a=1@edge", {{"a", Comparison::equal, "1", "", "edge"}}},
        {"a@edge=1", {{"a", Comparison::equal, "1", "", "edge"}}},
    };
    for (const auto& c : cases) {
        auto read = parse_dependency(c.text);
        ASSERT_OK(read);
        EXPECT_EQ(*read, c.expected) << c.text;
    }
}

TEST(ApkDependency, RefusesWhatCannotBeMeant) {
    struct Case {
        std::string text, message;
        ErrorCode code = ErrorCode::format;
    };
    const Case cases[] = {
        {"", "no name"},
        {"!", "no name"},
        {"=1", "no name"},
        {"a=", "no version"},
        {"a==1", "'==' is no comparison"},
        {"a><Q1abc", "by its checksum", ErrorCode::unsupported},
        {"a@", "no pin"},
        {"a@b@c", "more than one '@'"},
        {"a@b=1@c", "more than one '@'"},
        {"a b", "not printable"},
        {"a\x01", "not printable"},
        {"a=1\xff", "not printable"},
        {std::string(513, 'a'), "more than 512", ErrorCode::limit},
        {"a=" + std::string(513, '1'), "more than 512", ErrorCode::limit},
    };
    for (const auto& c : cases) {
        auto read = parse_dependency(c.text);
        ASSERT_FALSE(read) << c.text;
        EXPECT_EQ(read.error().code, c.code) << c.text;
        EXPECT_THAT(read.error().text(), HasSubstr(c.message)) << c.text;
    }
}

TEST(ApkDependency, ReadsProvidedNames) {
    EXPECT_EQ(parse_provide("cmd:foo@bar=1-r0"), (Provide{"cmd:foo@bar", "1-r0"}));
    EXPECT_EQ(parse_provide("mta"), (Provide{"mta", ""}));
    for (std::string_view bad : {"", "=1", "a=", "a>1", "a~1", "a=1 "}) EXPECT_FALSE(parse_provide(bad)) << bad;
}

TEST(ApkDependency, BoundsLists) {
    std::string list;
    for (int i = 0; i < 20'001; ++i) list += "a ";
    auto read = parse_dependencies(list);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::limit);
    EXPECT_EQ(parse_dependencies(std::string_view(list).substr(2))->size(), 20'000U);
    EXPECT_TRUE(parse_dependencies(" ")->empty());
}

// apko's rows. Two of them are apko's own reading and not apk-tools':
//  - name@edge=1.2.3: apko finds no version behind a pin; a world file of apk-tools is written just so.
//  - so:libfoo.so.6=6: apko puts "0." before a version of one number; apk-tools compares it as it stands.
TEST(ApkDependency, AgreesWithApko) {
    auto table = test::shared("apk/dependency-rows.tsv");
    PITH_NEED(table, "../shared/data");
    auto text = test::slurp(*table);
    int rows = 0;
    for (auto line : split(trim(text), '\n')) {
        auto columns = split(line, '\t');
        ASSERT_GE(columns.size(), 2U) << line;
        columns.resize(5);
        ++rows;
        auto read = parse_dependency(columns[0]);
        ASSERT_OK(read);
        EXPECT_FALSE(read->conflict);
        if (columns[0] == "name@edge=1.2.3") {
            EXPECT_EQ(read->relation, (Relation{"name", Comparison::equal, "1.2.3", "", "edge"}));
            continue;
        }
        std::string version(columns[3]);
        if (columns[0] == "so:libfoo.so.6=6") version = "6";
        EXPECT_EQ(read->relation.name, columns[1]) << line;
        EXPECT_EQ(read->relation.version, version) << line;
        EXPECT_EQ(read->relation.pin, columns[4]) << line;
        auto again = to_text(read->relation, Format::apk);
        EXPECT_EQ(parse_dependency(again)->relation, read->relation) << again;
    }
    EXPECT_EQ(rows, 14);
}

}  // namespace pith::pkg::apk
