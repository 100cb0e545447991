#include "e2e/catalog/images.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace pith::test {

std::string name_of(const CatalogImage& image) {
    auto name = fmt::format("{}_{}_{}{}", image.image, image.suite, image.platform.substr(image.platform.find('/') + 1),
                            image.variant.empty() ? "" : "_" + image.variant);
    std::ranges::replace(name, '-', '_');
    return name;
}

std::string arguments(const CatalogImage& image) {
    return fmt::format("catalog/{}.yaml --suite {} --platform {}{}", image.image, image.suite, image.platform,
                       image.variant.empty() ? "" : " --variant " + image.variant);
}

void expect_own_tests_pass(const CatalogImage& image) {
    Scratch scratch;
    auto place = fmt::format("oci:{}:x", (scratch / "layout").string());
    EXPECT_THAT(built(arguments(image) + " -q -o " + place), testing::MatchesRegex("sha256:[0-9a-f]{64}"));
    auto ran = run_pith("test " + arguments(image) + " " + place);
    EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.out, testing::HasSubstr(" tests passed"));
}

}  // namespace pith::test
