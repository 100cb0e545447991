#include "compose/effects/script.h"

#include <gtest/gtest.h>

#include "support/support.h"

using namespace pith;
using namespace pith::compose;

namespace {

MaintainerScript script(std::string text, std::string package = "tool", std::string version = "1",
                        std::string architecture = "all") {
    return {std::move(package), "source", std::move(version), std::move(architecture), "postinst", std::move(text)};
}

std::string remainder(const NormalScript& normal) {
    std::string out;
    for (const auto& line : normal.remainder.lines) out += (out.empty() ? "" : "\n") + line.normal;
    return out;
}

}  // namespace

// The digests were made by a second implementation of the rules.
TEST(Script, Normalises) {
    struct Case {
        std::string what, text, package, version, architecture, remainder, digest;
    };
    const Case cases[] = {
        {"blanks and comments go", "#!/bin/sh\nset -e\n\n# a comment\necho hello  \t\r\nexit 0\n", "x", "1", "all",
         "echo hello\nexit 0", "145663c8f53c711e3be999979dc2f02db1c7a1ecd2ebf188e84f68740ed65716"},
        {"only a bare set -e goes", "#!/bin/sh\n  set -e;\t\nset -eu\nset -e # no\n", "x", "1", "all",
         "set -eu\nset -e # no", "380877a84191d9bc2b18d19ab69b8e4f459e15f4e0739c2f3110a033a234a2b1"},
        {"own names",
         "#!/bin/sh\necho tool 1:2.3-4 2.3-4 libtool tool-x /usr/lib/tool/a tool: tool2 x86_64-linux-gnu amd64\n",
         "tool", "1:2.3-4", "amd64",
         "echo @PKG@ @VER@ @VER@ libtool tool-x /usr/lib/@PKG@/a @PKG@: tool2 @TRIPLET@ @ARCH@",
         "3ad0d7552f5851c289c47cd46c59b08d774c0a08669782490186920317c0ab39"},
        {"the same of another version and architecture",
         "#!/bin/sh\necho tool 1:2.3-5 2.3-5 libtool tool-x /usr/lib/tool/a tool: tool2 aarch64-linux-gnu arm64\n",
         "tool", "1:2.3-5", "arm64",
         "echo @PKG@ @VER@ @VER@ libtool tool-x /usr/lib/@PKG@/a @PKG@: tool2 @TRIPLET@ @ARCH@",
         "3ad0d7552f5851c289c47cd46c59b08d774c0a08669782490186920317c0ab39"},
        {"an `all` package has no architecture", "echo x86_64-linux-gnu amd64\n", "x", "1", "all",
         "echo x86_64-linux-gnu amd64", "0347c016af96ba931fb158d7f797ab34e45ac533b4ef409577206ff56ff6fa42"},
        {"a here-document keeps comments", "#!/bin/sh\ncat <<EOF\n# kept\n  # kept too\n\nEOF\n", "x", "1", "all",
         "cat <<EOF\n# kept\n  # kept too\nEOF", "4b1b340d8dceb521a0eae1e8ddd68f2807813bc6f230f0fc4d85e21be35ec77e"},
        {"but not one in a section",
         "#!/bin/sh\n# gone\n# Automatically added by dh_x/1\ncat <<EOF\n# End automatically added section\necho\n",
         "x", "1", "all", "echo", "092c79e8f80e559e404bcf660c48f3522b67aba9ff1484b0367e1a4ddef7431d"},
        {"the first line is that of what sections leave",
         "# Automatically added by dh_a:\nx\n\t# End automatically added section \n#!/bin/sh\necho\n", "x", "1", "all",
         "echo", "092c79e8f80e559e404bcf660c48f3522b67aba9ff1484b0367e1a4ddef7431d"},
        {"a name inside another word stays", "a-a aa a.a a a+a\n", "a", "1", "all", "a-a aa @PKG@.@PKG@ @PKG@ a+a",
         "ce638c53674e7c6e71b3c6b58feeddf95d80080b30f2deaa0871e5da98d7c67e"},
    };
    for (const auto& c : cases) {
        auto normal = normalise(script(c.text, c.package, c.version, c.architecture));
        ASSERT_OK(normal);
        EXPECT_EQ(remainder(*normal), c.remainder) << c.what;
        EXPECT_EQ(normal->remainder.digest.hex(), c.digest) << c.what;
    }
}

TEST(Script, NothingRemains) {
    auto normal = normalise(
        script("#!/bin/sh\nset -e\n# Automatically added by dh_x/1\nx\n# End automatically added section\n\n"));
    ASSERT_OK(normal);
    EXPECT_TRUE(normal->remainder.lines.empty());
    EXPECT_EQ(normal->sections.size(), 1u);
}

TEST(Script, KnowsLinesAndSections) {
    auto normal =
        normalise(script("#!/bin/sh\n# c\n  tool one\n\n# Automatically added by dh_installinit/13.11.4\n"
                         "\t# comment\n\tsecond tool\n# End automatically added section\nthird\n"));
    ASSERT_OK(normal);
    ASSERT_EQ(normal->remainder.lines.size(), 2u);
    EXPECT_EQ(normal->remainder.lines[0].number, 3);
    EXPECT_EQ(normal->remainder.lines[0].text, "  tool one");
    EXPECT_EQ(normal->remainder.lines[0].normal, "  @PKG@ one");
    EXPECT_EQ(normal->remainder.lines[1].number, 9);
    ASSERT_EQ(normal->sections.size(), 1u);
    EXPECT_EQ(normal->sections[0].helper, "dh_installinit");
    ASSERT_EQ(normal->sections[0].lines.size(), 1u);
    EXPECT_EQ(normal->sections[0].lines[0].number, 7);
    EXPECT_EQ(normal->sections[0].lines[0].text, "\tsecond tool");
}

TEST(Script, MarkersStandAlone) {
    // None of these opens a section, so the line after it stays in the remainder.
    for (std::string_view line :
         {"sed '/# Automatically added by dh_x/d'", "# Automatically added by dh_", "# Automatically added by me",
          "# Automatically added by dh_x/1 or so", "#Automatically added by dh_x", "# Automatically added by dh_x/",
          "# Automatically added by dh_x::"}) {
        auto normal = normalise(script(std::string(line) + "\nrm -rf /\n# End automatically added section\n"));
        ASSERT_OK(normal);
        EXPECT_TRUE(normal->sections.empty()) << line;
        EXPECT_EQ(normal->remainder.lines.back().text, "rm -rf /") << line;
    }
    for (std::string_view line : {"# Automatically added by dh_x", " \t# Automatically added by dh_x/13.11.4",
                                  "# Automatically added by dh_python3:", "# Automatically added by dh_x/1 :",
                                  "# Automatically added by dh_a-B_9/1:\t"}) {
        auto normal = normalise(script(std::string(line) + "\nx\n# End automatically added section\n"));
        ASSERT_OK(normal);
        EXPECT_EQ(normal->sections.size(), 1u) << line;
    }
}

TEST(Script, RefusesOpenSectionsAndBulk) {
    auto open = normalise(script("#!/bin/sh\n# Automatically added by dh_x/1\nx\n"));
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().code, ErrorCode::format);
    EXPECT_EQ(open.error().message,
              "tool.postinst, line 2: the section of dh_x is never closed (\"# End automatically added section\")");

    auto large = normalise(script(std::string(2 * MiB, 'x')));
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, ErrorCode::limit);
    auto many = normalise(script(std::string(30'000, '\n')));
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().code, ErrorCode::limit);
}

// A marker inside a section does not nest: it is a line like another, and no template has it.
TEST(Script, DoesNotNest) {
    auto normal = normalise(
        script("# Automatically added by dh_x\n# Automatically added by dh_y\n# End automatically added section\n"
               "# End automatically added section\necho\n"));
    ASSERT_OK(normal);
    EXPECT_EQ(normal->sections.size(), 1u);
    EXPECT_EQ(remainder(*normal), "echo");
}

TEST(Script, TripletsOfArchitectures) {
    EXPECT_EQ(multiarch_triplet("amd64"), "x86_64-linux-gnu");
    EXPECT_EQ(multiarch_triplet("arm64"), "aarch64-linux-gnu");
    EXPECT_EQ(multiarch_triplet("armhf"), "arm-linux-gnueabihf");
    EXPECT_EQ(multiarch_triplet("pdp11"), "");
}
