// Images of millions of files: read in bounded memory, and refused past the bound, which is named.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/support.h"

namespace pith {
namespace {

using namespace pith::test;
using testing::HasSubstr;

Ran scan_of(int files, const Scratch& scratch) {
    auto made = sh(fmt::format("{}/tests/e2e/sbom/make_many_files {} {}/image", source_dir().string(), files,
                               scratch.path().string()));
    if (made.exit_code != 0) return made;
    return sh(
        fmt::format("/usr/bin/time -q -f 'peak %M' {0} scan oci:{1}/image --cache-dir {1}/cache --database {1}/none",
                    pith_binary().string(), scratch.path().string()));
}

TEST(ManyFiles, ThreeMillionTakeBoundedMemory) {
    Scratch scratch;
    auto ran = scan_of(3'000'000, scratch);
    EXPECT_EQ(ran.exit_code, 11) << ran.err;  // nothing is known of what is installed
    auto at = ran.err.rfind("peak ");
    ASSERT_NE(at, std::string::npos) << ran.err;
    EXPECT_LT(std::stol(ran.err.substr(at + 5)), 2'500'000) << "kilobytes";
}

TEST(ManyFiles, MoreThanTheBoundAreRefused) {
    Scratch scratch;
    auto ran = scan_of(4'000'001, scratch);
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.err, HasSubstr("more than 4000000 entries"));
}

}  // namespace
}  // namespace pith
