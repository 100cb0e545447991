#include "pkg/version/deb.h"

#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "support/support.h"

using namespace pith;
using pkg::version::deb::compare;
using pkg::version::deb::matches_prefix;
using pkg::version::deb::parse;

namespace {

int sign(int number) { return (number > 0) - (number < 0); }

void expect_order(std::string_view a, std::string_view op, std::string_view b) {
    const std::map<std::string_view, int> wanted{{"<", -1}, {"=", 0}, {">", 1}};
    ASSERT_TRUE(wanted.contains(op)) << op;
    EXPECT_EQ(sign(compare(a, b)), wanted.at(op)) << a << ' ' << op << ' ' << b;
    EXPECT_EQ(sign(compare(b, a)), -wanted.at(op)) << b << " against " << a;
}

// Rows "A OP B" as ../shared/data/versions/SOURCE.md has them; gives their number.
int expect_rows(std::string_view table) {
    int rows = 0;
    for (auto line : split(table, '\n')) {
        if (line.empty() || line.starts_with("# ") || line.starts_with("// ")) continue;
        auto parts = words(line);
        if (parts.size() != 3) {
            ADD_FAILURE() << "not a row: " << line;
            continue;
        }
        expect_order(parts[0], parts[1], parts[2]);
        ++rows;
    }
    return rows;
}

// The same versions on every run: numbers, letters and marks, the shape of "[epoch:]upstream[-revision]".
class Versions {
public:
    std::string next() {
        std::string out;
        if (pick(6) == 0) out = std::to_string(pick(3)) + ":";
        out += std::to_string(pick(12)) + run(pick(6), "0019az.+~-");
        if (pick(2)) out += "-" + std::to_string(pick(3)) + run(pick(4), "019bZ.+~");
        return out;
    }

private:
    std::size_t pick(std::size_t below) {
        m_state = m_state * 6364136223846793005U + 1442695040888963407U;
        return (m_state >> 33U) % below;
    }
    std::string run(std::size_t length, std::string_view alphabet) {
        std::string out;
        while (length-- > 0) out += alphabet[pick(alphabet.size())];
        return out;
    }
    std::uint64_t m_state = 42;
};

}  // namespace

TEST(DebVersion, AgreesWithTheTables) {
    auto plain = test::shared("versions/debian-versions.txt");
    auto generated = test::shared("versions/debian-versions-generated.txt.gz");
    PITH_NEED(plain && generated, "../shared/data");
    EXPECT_EQ(expect_rows(test::slurp(*plain)), 30);
    EXPECT_EQ(expect_rows(test::sh("zcat " + generated->string()).out), 14442);
}

TEST(DebVersion, AgreesWithDpkg) {
    PITH_NEED(test::have("dpkg"), "dpkg");
    test::Scratch scratch;
    Versions versions;
    std::string pairs;
    for (int i = 0; i < 400; ++i) {
        auto a = versions.next(), b = versions.next();
        if (parse(a) && parse(b)) pairs += a + " " + b + "\n";
    }
    test::spit(scratch / "pairs", pairs);
    auto asked = test::sh(
        "while read -r a b; do if dpkg --compare-versions \"$a\" lt \"$b\"; then echo \"$a < $b\"; elif "
        "dpkg --compare-versions \"$a\" eq \"$b\"; then echo \"$a = $b\"; else echo \"$a > $b\"; fi; done < " +
        (scratch / "pairs").string());
    EXPECT_EQ(asked.err, "") << "dpkg finds fault with a version that parse() takes";
    EXPECT_GT(expect_rows(asked.out), 300);
}

TEST(DebVersion, OrdersTheHardCases) {
    struct Row {
        const char *a, *op, *b;
    };
    for (auto [a, op, b] :
         {Row{"~~", "<", "~~a"}, Row{"~~a", "<", "~"}, Row{"~", "<", ""}, Row{"", "<", "a"},  // deb-version(7)
          Row{"1.0", "=", "1.0-0"}, Row{"0:1", "=", "1"}, Row{"00:1", "=", "1"}, Row{"1:0", ">", "9999"},
          Row{"1.010", "=", "1.10"}, Row{"1.a", "<", "1.+"}, Row{"1.0-1", "<", "1.0-1+b1"}, Row{"1-2-3", ">", "1-1-4"},
          Row{"99999999999999999999999999", ">", "99999999999999999999999998"}, Row{"1.2~rc1", "<", "1.2"},
          Row{"18446744073709551616:1", ">", "1:1"}, Row{"a:1", ">", "1"}})
        expect_order(a, op, b);
}

TEST(DebVersion, ParsesItsParts) {
    auto version = parse("2:1.2-rc-3~deb12u1");
    ASSERT_OK(version);
    EXPECT_EQ(version->epoch, 2U);
    EXPECT_EQ(version->upstream, "1.2-rc");
    EXPECT_EQ(version->revision, "3~deb12u1");
    EXPECT_OK(parse("0:1:2"));
}

TEST(DebVersion, RefusesWhatDpkgRefuses) {
    struct Row {
        std::string version, message;
    };
    for (const auto& [version, message] :
         {Row{"", "the version is empty"}, Row{"1:", "version '1:': there is no upstream version"},
          Row{"-1", "version '-1': there is no upstream version"},
          Row{"1-", "version '1-': nothing stands after the last '-'"},
          Row{":1", "version ':1': what stands before ':' is not a number"},
          Row{"x:1", "version 'x:1': what stands before ':' is not a number"},
          Row{"2147483648:1", "version '2147483648:1': the epoch is too large"},
          Row{"1/2", "version '1/2': '/' may not stand in the upstream version"},
          Row{"1-2:3", "version '1-2:3': what stands before ':' is not a number"},
          Row{"0:1-2:3", "version '0:1-2:3': ':' may not stand in the revision"},
          Row{"1\x1b", "version '1\\x1b': '\\x1b' may not stand in the upstream version"},
          Row{std::string(513, '1'), "a version of over 512 bytes"}}) {
        auto parsed = parse(version);
        ASSERT_FALSE(parsed) << version;
        EXPECT_EQ(parsed.error().message, message);
    }
    EXPECT_OK(parse(std::string(512, '1')));
}

TEST(DebVersion, MatchesAPrefixOfWholeComponents) {
    struct Row {
        const char *version, *prefix;
        bool matches;
    };
    for (auto [version, prefix, expected] :
         {Row{"1.27", "1.27", true}, Row{"1.27.3-1", "1.27", true}, Row{"1.270", "1.27", false},
          Row{"1.27~rc1", "1.27", true}, Row{"9.2p1-2", "9.2", true}, Row{"1.2abc", "1.2ab", false},
          Row{"2:1.27-1", "1.27", true}, Row{"2:1.27-1", "2:1.27", true}, Row{"1.27-1", "2:1.27", false},
          Row{"1.22.1-9", "1.22.1-9", true}, Row{"1.22.1-9+deb12u1", "1.22.1-9", true}, Row{"1.2", "1.2.3", false},
          Row{"1.2", "", true}})
        EXPECT_EQ(matches_prefix(version, prefix), expected) << prefix << " of " << version;
}
