// Copyright files → SPDX: what is machine-readable, what is not, and what only looks so.
#include "inventory/copyright.h"

#include <gmock/gmock.h>

#include "inventory/declared_licence.h"
#include "inventory/licence_names.h"

namespace pith::inventory {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view header = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n";

std::string expression(std::string_view licence) {
    return read_copyright(std::string(header) + "Files: *\nCopyright: x\nLicense: " + std::string(licence) + "\n", "p")
        .expression;
}

TEST(LicenceNames, AreThoseOfSpdx) {
    const std::pair<const char*, const char*> rows[] = {
        {"GPL-2", "GPL-2.0-only"},
        {"GPL-2+", "GPL-2.0-or-later"},
        {"GPL-2.0+", "GPL-2.0-or-later"},
        {"gpl-3", "GPL-3.0-only"},
        {"LGPL-2.1+", "LGPL-2.1-or-later"},
        {"GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"},
        {"AGPL-3", "AGPL-3.0-only"},
        {"Expat", "MIT"},
        {"BSD-3-clause", "BSD-3-Clause"},
        {"zlib", "Zlib"},
        {"Artistic", "Artistic-1.0-Perl"},
        {"Perl", "(Artistic-1.0-Perl OR GPL-1.0-or-later)"},
        {"MPL-1.1+", "MPL-1.1+"},
        {"CC0", "CC0-1.0"},
        {"GPL-2+ with Libtool exception", "GPL-2.0-or-later WITH Libtool-exception"},
        {"GPL-3+ with Autoconf exception", "GPL-3.0-or-later WITH Autoconf-exception-3.0"},
    };
    for (auto [debian, spdx] : rows) EXPECT_EQ(spdx_name(debian), spdx) << debian;
    for (const char* unknown : {"", "GPL", "GPL-9", "BSD-like", "public-domain", "GPL-2+ with OpenSSL exception",
                                "GPL-2+ with Libtool", "MIT-ish", "+", "GPL-2++"})
        EXPECT_FALSE(spdx_name(unknown)) << unknown;
}

TEST(DeclaredLicence, IsAnExpressionOrOneOfItsOwn) {
    for (const char* good : {"MIT", "GPL-2.0-or-later WITH Classpath-exception-2.0",
                             "MIT AND (GPL-2.0-only WITH Linux-syscall-note OR Zlib)",
                             "Apache-2.0 WITH LLVM-exception OR GPL-3.0-or-later WITH GCC-exception-3.1"})
        EXPECT_EQ(declared_licence(good).expression, good);
    for (const char* odd :
         {"MIT WITH", "WITH LLVM-exception", "MIT WITH MIT", "MIT WITH LLVM-exception WITH SWI-exception",
          "(MIT) WITH LLVM-exception", "MIT LLVM-exception", "MIT AND WITH LLVM-exception", "BSD"})
        EXPECT_TRUE(declared_licence(odd).expression.starts_with("LicenseRef-declared-")) << odd;
    EXPECT_EQ(declared_licence("").expression, "");
}

TEST(Copyright, JoinsAsTheWordsSay) {
    const std::pair<const char*, const char*> rows[] = {
        {"Expat", "MIT"},
        {"GPL-2+ or Artistic", "GPL-2.0-or-later OR Artistic-1.0-Perl"},
        {"GPL-2+ and Expat or Zlib", "(GPL-2.0-or-later AND MIT) OR Zlib"},
        {"GPL-2+ or Artistic, and BSD-3-clause", "(GPL-2.0-or-later OR Artistic-1.0-Perl) AND BSD-3-Clause"},
        {"Perl and Expat", "(Artistic-1.0-Perl OR GPL-1.0-or-later) AND MIT"},
    };
    for (auto [debian, spdx] : rows) EXPECT_EQ(expression(debian), spdx) << debian;
}

TEST(Copyright, TakesAllFilesOnceInOrder) {
    auto text = std::string(header) +
                "Files: *\nLicense: Zlib\n\nFiles: a\nLicense: Expat\n text of Expat\n\nFiles: b\nLicense: Zlib\n\n"
                "Files: c\nLicense: GPL-2 or Expat\n\nLicense: Apache-2.0\n only a text, of no file\n";
    auto copyright = read_copyright(text, "p");
    EXPECT_EQ(copyright.expression, "(GPL-2.0-only OR MIT) AND MIT AND Zlib");
    EXPECT_TRUE(copyright.texts.empty());
}

TEST(Copyright, KeepsTheTextOfWhatSpdxDoesNotName) {
    auto text = std::string(header) + "Files: *\nLicense: My own/licence\n Do.\n .\n As you like.\n";
    auto copyright = read_copyright(text, "p");
    ASSERT_EQ(copyright.texts.size(), 1u);
    EXPECT_EQ(copyright.expression, copyright.texts[0].id);
    EXPECT_THAT(copyright.expression, StartsWith("LicenseRef-Debian-My-own-licence-"));
    EXPECT_EQ(copyright.texts[0].text, "Do.\n\nAs you like.\n");
    // The same name with another text is another licence.
    auto other = read_copyright(std::string(header) + "Files: *\nLicense: My own/licence\n Do not.\n", "p");
    EXPECT_NE(other.expression, copyright.expression);
    // A text may stand in a stanza of its own, or be missing.
    auto apart = read_copyright(std::string(header) + "Files: *\nLicense: odd\n\nLicense: odd\n Its text.\n", "p");
    EXPECT_EQ(apart.texts.at(0).text, "Its text.\n");
    auto missing = read_copyright(std::string(header) + "Files: *\nLicense: odd\n", "pkg");
    EXPECT_THAT(missing.texts.at(0).text, HasSubstr("copyright file of pkg names the licence 'odd' without its text"));
}

TEST(Copyright, GuessesNothingFromProse) {
    const std::string texts[] = {
        "This package is under the GPL-2, see /usr/share/common-licenses/GPL-2.\n",
        "License: GPL-2\n\nbut no Format.\n",
        std::string(header) + "Files: *\n a broken\nstanza\n",
        std::string(header),
        std::string(header) + "Files: *\nCopyright: nobody\n",
        std::string("\0\xff\x01", 3),
    };
    for (const auto& text : texts) {
        auto copyright = read_copyright(text, "some-source");
        ASSERT_EQ(copyright.texts.size(), 1u) << text;
        EXPECT_THAT(copyright.expression, StartsWith("LicenseRef-Debian-some-source-"));
        EXPECT_EQ(copyright.texts[0].text, text);
    }
}

TEST(Copyright, IsBounded) {
    auto long_text = read_copyright(std::string(most_licence_text + 1, 'x'), "p");
    EXPECT_THAT(long_text.texts.at(0).text, testing::EndsWith("[cut at 256.0 KiB]"));
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "Expat or ";
    EXPECT_LT(expression(many + "Zlib").size(), 20'000u);
    EXPECT_THAT(expression(std::string(500, '(')), StartsWith("LicenseRef-Debian-licence-"));
}

}  // namespace
}  // namespace pith::inventory
