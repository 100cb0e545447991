#include "base/base64.h"

#include <gtest/gtest.h>

namespace pith {
namespace {

std::string decoded(std::string_view text) {
    auto bytes = from_base64(text);
    return bytes ? std::string(as_text(*bytes)) : "refused";
}

}  // namespace

// RFC 4648, section 10.
TEST(Base64, ReadsAndWritesTheExamplesOfItsSpecification) {
    for (auto [plain, text] : {std::pair{"", ""},
                               {"f", "Zg=="},
                               {"fo", "Zm8="},
                               {"foo", "Zm9v"},
                               {"foob", "Zm9vYg=="},
                               {"fooba", "Zm9vYmE="},
                               {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(to_base64(as_bytes(plain)), text);
        EXPECT_EQ(decoded(text), plain);
    }
    EXPECT_EQ(to_base64(as_bytes("\xfb\xff\xfe")), "+//+");
}

TEST(Base64, TakesOneSpellingOnly) {
    for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "-__-", "Zg==Zg==", "=m9v",
                             "Z===", "====", "Zm9v!mFy", "Zm=v"})
        EXPECT_EQ(decoded(text), "refused") << text;
}

}  // namespace pith
