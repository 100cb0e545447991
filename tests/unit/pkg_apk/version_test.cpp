// The order of apk versions, held to upstream's own tables.
#include "pkg/version/apk.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "pkg/apk/dependency.h"
#include "pkg/model.h"
#include "support/support.h"

namespace pith::pkg::version::apk {

namespace {

struct Row {
    std::string a, op, b;
};

void expect_order(const Row& row) {
    static const std::map<std::string, int> orders = {{"<", -1}, {"=", 0}, {">", 1}};
    ASSERT_TRUE(orders.contains(row.op)) << row.a << ' ' << row.op << ' ' << row.b;
    EXPECT_EQ(compare(row.a, row.b), orders.at(row.op)) << row.a << ' ' << row.op << ' ' << row.b;
    EXPECT_EQ(compare(row.b, row.a), -orders.at(row.op)) << row.b << " beside " << row.a;
}

std::vector<Row> rows(const std::string& text, char separator) {
    std::vector<Row> out;
    for (auto line : split(text, '\n')) {
        if (line.empty() || line.starts_with("# ") || line.starts_with("// ")) continue;
        auto parts = split(line, separator);
        EXPECT_EQ(parts.size(), 3U) << line;
        if (parts.size() == 3) out.push_back({std::string(parts[0]), std::string(parts[1]), std::string(parts[2])});
    }
    return out;
}

}  // namespace

TEST(ApkVersion, OrdersAsApkTools) {
    const std::vector<std::string> ascending = {
        "1_alpha",
        "1_alpha1",
        "1_alpha1-r0",
        "1_beta",
        "1_pre2",
        "1_rc1",
        "1_rc1-r3",
        "1-foo",
        "1",
        "1-r0",
        "1-r1",
        "1-r10",
        "1~0a",
        "1~0a-r1",
        "1~0b",
        "1_cvs",
        "1_svn",
        "1_git",
        "1_git20200101",
        "1_hg",
        "1_p",
        "1_p1",
        "1_p1_p1",
        "1a",
        "1a-r1",
        "1b",
        "1.0",
        "1.00",
        "1.01",
        "1.1",
        "1.9",
        "1.10",
        "2",
        "18446744073709551616",
        "18446744073709551617",
    };
    for (std::size_t i = 0; i < ascending.size(); ++i)
        for (std::size_t j = 0; j < ascending.size(); ++j)
            EXPECT_EQ(compare(ascending[i], ascending[j]), (i > j) - (i < j)) << ascending[i] << ' ' << ascending[j];
}

TEST(ApkVersion, IsATotalOrderOverAnyText) {
    const std::vector<std::string> texts = {
        "",         ".",        "a",     "b",   "-",    "--",    "-r1",
        "1",        "01",       "1.",    "1..", "1..1", "1..2",  "1.a",
        "1.2a3",    "1.2a3-r1", "1.2a4", "1_",  "1_p",  "1_pp",  "1_alpha",
        "1_alphax", "1~",       "1~x",   "1~a", "1-r",  "1-r0",  "1-r-1",
        "1-rx",     "1-r0-r0",  "1 ",    "1A",  "\xff", "1\xff", std::string("1\0", 2),
        "1.010",    "1.01",     "1.1",
    };
    for (const auto& a : texts)
        for (const auto& b : texts) {
            EXPECT_EQ(compare(a, b), -compare(b, a)) << a << " beside " << b;
            for (const auto& c : texts)
                if (compare(a, b) <= 0 && compare(b, c) <= 0) {
                    EXPECT_LE(compare(a, c), 0) << a << " <= " << b << " <= " << c;
                }
        }
}

TEST(ApkVersion, MatchesAPrefixOfWholeComponents) {
    struct Case {
        std::string_view version, prefix;
        bool matches;
    };
    const Case cases[] = {
        {"1.2.3-r0", "1", true},
        {"1.2.3-r0", "1.2", true},
        {"1.2.3-r0", "1.2.3", true},
        {"1.2.3-r0", "1.2.3-r0", true},
        {"1.2.3-r0", "1.2.3-r1", false},
        {"1.20", "1.2", false},
        {"1.2", "1.20", false},
        {"1.2", "1.2.3", false},
        {"12", "1", false},
        {"1.2_rc1", "1.2", true},
        {"1.2_rc1", "1.2_rc", true},
        {"1.2_rc10", "1.2_rc1", false},
        {"1.2a", "1.2", true},
        {"1.02", "1.2", false},
        {"1.2~ab", "1.2", true},
        {"1.2", "", false},
        {"", "1", false},
    };
    for (const auto& c : cases)
        EXPECT_EQ(matches_prefix(c.version, c.prefix), c.matches) << c.version << " ~ " << c.prefix;
}

TEST(ApkVersion, TellsWhatIsValid) {
    for (std::string_view valid : {"0", "1.2.3", "1.2a", "1_alpha", "1_rc1_p2", "1~0af", "1.2_git20240101~abc-r12"})
        EXPECT_TRUE(is_valid(valid)) << valid;
    for (std::string_view invalid :
         {"",      "a",  ".1",  "1.",  "1..2",    "1ab",     "1a2", "1_", "1_foo", "1_p_", "1~",
          "1~xyz", "1-", "1-r", "1-1", "1-r1-r1", "1-r1_p1", "1 ",  "1A", "1:2",   "1+2"})
        EXPECT_FALSE(is_valid(invalid)) << invalid;
}

// The order of apk-tools as Alpine's packages show it.
TEST(ApkVersion, AgreesWithTheAlpineTables) {
    auto table = test::shared("versions/alpine-versions.txt");
    auto generated = test::shared("versions/alpine-versions-generated.txt.gz");
    PITH_NEED(table && generated, "../shared/data");
    auto all = rows(test::slurp(*table), ' ');
    auto unpacked = test::sh("gzip -dc " + generated->string());
    ASSERT_EQ(unpacked.exit_code, 0) << unpacked.err;
    for (auto& row : rows(unpacked.out, ' ')) all.push_back(row);
    EXPECT_EQ(all.size(), 778U + 13979U);
    for (const auto& row : all) expect_order(row);
}

// The same order as apko tests it. The tables agree on every row; only on which texts are valid does apk-tools
// know more (it compares "23_foo"), and there compare follows the Alpine table.
TEST(ApkVersion, AgreesWithApko) {
    auto table = test::shared("apk/version-rows.tsv");
    auto valid = test::shared("apk/version-valid.tsv");
    PITH_NEED(table && valid, "../shared/data");
    auto all = rows(test::slurp(*table), '\t');
    EXPECT_EQ(all.size(), 731U);
    for (const auto& row : all) expect_order(row);
    int seen = 0;
    auto text = test::slurp(*valid);
    for (auto line : split(trim(text), '\n')) {
        auto parts = split(line, '\t');
        ASSERT_EQ(parts.size(), 2U) << line;
        EXPECT_EQ(is_valid(parts[0]), parts[1] == "valid") << line;
        ++seen;
    }
    EXPECT_EQ(seen, 46);
}

// Which of several versions fits a dependency. What is pinned counts only where its pin is asked for, or where it
// is installed; what is installed and fits is kept; else the newest.
TEST(ApkVersion, ChoosesAsApko) {
    auto table = test::shared("apk/resolve-rows.tsv");
    PITH_NEED(table, "../shared/data");
    const std::vector<std::string> candidates = {"1.2.3-r0", "1.3.6-r0", "1.2.8-r0",  "1.7.1-r0",
                                                 "1.7.1-r1", "2.0.6-r0", "0.14.0-r3", "0.15.0-r0"};
    const std::string pinned = "2.1.0";  // to pinA
    auto text = test::slurp(*table);
    int rows = 0;
    for (auto line : split(trim(text), '\n')) {
        auto columns = split(line, '\t');
        ASSERT_LE(columns.size(), 5U) << line;
        columns.resize(5);
        ++rows;
        Relation relation{"name"};
        if (!columns[0].empty()) {
            auto parsed = pkg::apk::parse_dependency(fmt::format("name{}{}", columns[0], columns[1]));
            ASSERT_OK(parsed);
            relation = parsed->relation;
        }
        auto open_to = candidates;
        if (columns[2] == "pinA" || columns[3] == pinned) open_to.push_back(pinned);
        std::string chosen;
        for (const auto& version : open_to)
            if (satisfies(Format::apk, version, relation) && (chosen.empty() || compare(version, chosen) > 0))
                chosen = version;
        if (!columns[3].empty() && satisfies(Format::apk, columns[3], relation)) chosen = columns[3];
        EXPECT_EQ(chosen, columns[4]) << line;
    }
    EXPECT_EQ(rows, 20);
}

}  // namespace pith::pkg::version::apk
