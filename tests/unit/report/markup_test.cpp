#include "report/markup.h"

#include <gtest/gtest.h>

namespace pith::report {
namespace {

TEST(Markup, IsNoneInXml) {
    EXPECT_EQ(xml_text("a<b>&\"c"), "a&lt;b&gt;&amp;&quot;c");
    EXPECT_EQ(xml_text("Größe – 漢字"), "Größe – 漢字");
    EXPECT_EQ(xml_text("\x1b[31m\n\x7f"), "\\x1b[31m\\x0a\\x7f");
    EXPECT_EQ(xml_text("\xff\xc3"), "\\xff\\xc3");                         // no UTF-8
    EXPECT_EQ(xml_text("a\u202eb\u0085"), "a\\xe2\\x80\\xaeb\\xc2\\x85");  // turns the text round; a control of C1
}

TEST(Markup, IsNoneInMarkdown) { EXPECT_EQ(markdown_text("a|b*_`<>[]\\"), "a\\|b\\*\\_\\`\\<\\>\\[\\]\\\\"); }

}  // namespace
}  // namespace pith::report
