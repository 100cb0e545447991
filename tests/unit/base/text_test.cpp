#include "base/text.h"

#include <gtest/gtest.h>

#include "base/digest.h"

using namespace pith;

TEST(Text, GlobStopsAtSlashesUnlessDoubled) {
    struct Row {
        const char* pattern;
        const char* path;
        bool matches;
    };
    for (auto [pattern, path, expected] :
         {Row{"/usr/share/doc/**", "/usr/share/doc/a/b", true}, Row{"/usr/*", "/usr/a", true},
          Row{"/usr/*", "/usr/a/b", false}, Row{"/usr/**/x", "/usr/a/b/x", true}, Row{"*.so", "a.so", true},
          Row{"/a/**/b*c", "/a/x/b/bdc", true}, Row{"/a?c", "/a/c", false}, Row{"/a?c", "/abc", true},
          Row{"**", "", true}, Row{"", "", true}, Row{"", "a", false}, Row{"*a*b", "xaxxb", true},
          Row{"/usr/share/man/**", "/usr/share/man", false}, Row{"**a*b/c", "aab/xab/c", true}})
        EXPECT_EQ(matches_glob(pattern, path), expected) << pattern << " on " << path;
}

TEST(Text, NearestNamesTheCloseOnesFirst) {
    EXPECT_EQ(nearest("ngnix", {"nginx", "xinit", "nginx-core"}), std::vector<std::string>{"nginx"});
    EXPECT_TRUE(nearest("zzz", {"abc"}).empty());
}

TEST(Text, NumbersAreWholeOrNothing) {
    EXPECT_EQ(parse_number("0755", 8), 0755u);
    EXPECT_FALSE(parse_number("12x"));
    EXPECT_FALSE(parse_number(""));
    EXPECT_FALSE(parse_number("99999999999999999999"));
}

TEST(Text, PrintableEscapesControls) { EXPECT_EQ(printable("a\x1b[31m"), "a\\x1b[31m"); }

TEST(Digest, KnownAnswersAndParsing) {
    EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(md5_hex(as_bytes("abc")), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(*Digest::parse(sha256("abc").text()), sha256("abc"));
    EXPECT_FALSE(Digest::parse("sha256:12"));
    EXPECT_FALSE(Digest::parse("sha256:../../../../../../../../../../../../../../../../../etc/passwd"));
}
