#include "pkg/deb/deb822.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "support/support.h"

using namespace pith;
using namespace pith::pkg::deb;

namespace {

// Every field as "LINE NAME=VALUE", "--" between stanzas; or the error.
std::string dump(std::string_view text, Comments comments = Comments::refused) {
    StanzaReader reader(text, "f", comments);
    std::string out;
    for (Stanza stanza;;) {
        auto more = reader.next(stanza);
        if (!more) return more.error().text();
        if (!*more) return out;
        if (!out.empty()) out += "--\n";
        for (const auto& field : stanza.fields()) out += fmt::format("{} {}={}\n", field.line, field.name, field.value);
    }
}

}  // namespace

TEST(Deb822, ReadsStanzas) {
    struct Row {
        const char *text, *fields;
    };
    for (auto [text, fields] :
         {Row{"", ""}, Row{"\n\n \t\n", ""}, Row{"A: 1\nB:2", "1 A=1\n2 B=2\n"},
          Row{"A: 1\n\n\nB: 2\n", "1 A=1\n--\n4 B=2\n"}, Row{"A: 1\n \t\nB: 2\n", "1 A=1\n--\n3 B=2\n"},
          Row{"A: x \t\n", "1 A=x\n"}, Row{"A:\n", "1 A=\n"}, Row{"A:\n one\n two\nB: 1", "1 A=one\n two\n4 B=1\n"},
          Row{"A: one\n .\n\ttwo  \n", "1 A=one\n .\n\ttwo\n"},
          Row{"A: b:c\r\n d\r\n\r\nB: 1\r\n", "1 A=b:c\r\n d\n--\n4 B=1\n"},
          Row{"A: # no comment\n # nor this", "1 A=# no comment\n # nor this\n"}})
        EXPECT_EQ(dump(text), fields) << text;
}

TEST(Deb822, LeavesOutCommentsWhereTheyAreAllowed) {
    struct Row {
        const char *text, *fields;
    };
    for (auto [text, fields] :
         {Row{"# about A\nA: 1\n# about B\nB: 2\n#", "2 A=1\n4 B=2\n"}, Row{"# alone\n\n#\nA: 1\n", "4 A=1\n"},
          Row{"A: one\n# between\n two\n three\n#\n four\nB: 1\n", "1 A=one\n two\n three\n four\n7 B=1\n"},
          Row{"A: one\n# between\n two\nB: three\n four\n", "1 A=one\n two\n4 B=three\n four\n"},
          Row{"A:\n# before the first\n one\n", "1 A=one\n"}})
        EXPECT_EQ(dump(text, Comments::allowed), fields) << text;
    // Comments that belong to no stanza do not count towards one.
    std::string apart;
    for (int i = 0; i < 1100; ++i) apart += "#" + std::string(1000, 'x') + "\n\n";
    EXPECT_EQ(dump(apart + "A: 1\n", Comments::allowed), "2201 A=1\n");
    EXPECT_EQ(dump("A: 1\n# b: 2\n"), "f:2: '# b' is not a field name");
}

TEST(Deb822, ErrorsNameTheLine) {
    struct Row {
        std::string text, message;
    };
    for (const auto& [text, message] :
         {Row{"A: 1\n\nB\n", "f:3: a field without a colon: 'B'"},
          Row{"\n A: 1\n", "f:2: a continuation line without a field before it"},
          Row{": 1\n", "f:1: '' is not a field name"}, Row{"-A: 1\n", "f:1: '-A' is not a field name"},
          Row{"A B: 1\n", "f:1: 'A B' is not a field name"},
          Row{"\xc3\x84: 1\n", "f:1: '\\xc3\\x84' is not a field name"},
          Row{"A: 1\nB: 2\na: 3\n", "f:3: the field 'a' stands in line 1 already"},
          Row{std::string("A: 1\nB: \0\n", 10), "f:2: a NUL byte"},
          Row{std::string(129, 'n') + ": 1", "f:1: a field name of over 128 bytes"},
          Row{"A: 1\nB: " + std::string(1U << 20U, 'x'), "f:2: a stanza of over 1.0 MiB"},
          Row{"<html><body>Not found</body>", "f:1: a field without a colon: '<html><body>Not found</body>'"}})
        EXPECT_EQ(dump(text), message);
    std::string many;
    for (int i = 0; i < 501; ++i) many += fmt::format("F{}: 1\n", i);
    EXPECT_EQ(dump(many), "f:501: a stanza of over 500 fields");
    std::string comments = "A: 1\n";
    for (int i = 0; i < 1100; ++i) comments += "#" + std::string(1000, 'x') + "\n";
    EXPECT_EQ(dump(comments, Comments::allowed), "f:1048: a stanza of over 1.0 MiB");
}

TEST(Deb822, TakesLongLinesAndManyStanzas) {
    auto value = std::string(100'000, 'y');
    EXPECT_EQ(dump("A: " + value), "1 A=" + value + "\n");
    std::string text;
    for (int i = 0; i < 3000; ++i) text += "A: " + std::string(1000, 'x') + "\n\n";
    StanzaReader reader(text, "f");
    Stanza stanza;
    int count = 0;
    while (*reader.next(stanza)) ++count;
    EXPECT_EQ(count, 3000);
}

TEST(Deb822, FindsFieldsWhateverTheirCase) {
    auto stanza = read_single_stanza("Package: a\nMULTI-arch: same\nEmpty:\n", "control");
    ASSERT_OK(stanza);
    EXPECT_EQ(stanza->find("Multi-Arch"), "same");
    EXPECT_EQ(stanza->field("multi-arch")->line, 2U);
    EXPECT_FALSE(stanza->find("Empty"));
    EXPECT_TRUE(stanza->field("Empty"));
    EXPECT_FALSE(stanza->field("Absent"));
    EXPECT_EQ(read_single_stanza("A: 1\n\nA: 2\n", "control").error().text(),
              "control:3: a second stanza, where only one may stand");
    EXPECT_EQ(read_single_stanza("\n", "control").error().text(), "control: there is no field in it");
}

TEST(Deb822, KeepsUncommentedValuesWhenAStanzaMoves) {
    StanzaReader reader("A: one\n# between\n two\n", "f", Comments::allowed);
    Stanza stanza;
    ASSERT_TRUE(*reader.next(stanza));
    Stanza moved = std::move(stanza);
    EXPECT_EQ(moved.find("A"), "one\n two");
    EXPECT_EQ(value_lines("one\n two\r\n\n\tthree "), (std::vector<std::string_view>{"one", "two", "three"}));
}
