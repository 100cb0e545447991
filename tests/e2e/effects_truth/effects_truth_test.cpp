// Every package of the closures in one image, beside a real dpkg installation of the same packages: what scripts made
// there and here, path by path. Every difference is in differences.tsv, with its reason.
#include <gtest/gtest.h>
#include <unistd.h>

#include "e2e/build/pith.h"

using namespace pith::test;

class EffectsTruth : public testing::TestWithParam<const char*> {};

TEST_P(EffectsTruth, EveryDifferenceIsNamed) {
    PITH_NEED(have("mmdebstrap") && ::geteuid() == 0, "mmdebstrap as root");
    Scratch scratch;
    auto folder = scratch.path().string(), here = (source_dir() / "tests/e2e/effects_truth").string();
    auto real = sh(fmt::format("{}/install_closures {} {} >{}/log 2>&1 || {{ tail -20 {}/log; exit 1; }}", here,
                               GetParam(), folder, folder, folder),
                   std::chrono::minutes(30));
    ASSERT_EQ(real.exit_code, 0) << real.out;
    built(fmt::format("{0}/image.yaml --platform linux/amd64 -q -o dir:{0}/ours", folder));
    auto compare = fmt::format(
        "{0}/compare_closures --real {1}/root --ours {1}/ours --debs {1}/debs --suite {2} --differences "
        "{0}/differences.tsv",
        here, folder, GetParam());
    auto compared = sh(compare);
    EXPECT_EQ(compared.exit_code, 0) << compared.err;
    std::cout << compared.out;

    // The comparison can fail: a changed mode is no named difference.
    std::filesystem::permissions(scratch / "ours/usr/sbin/nginx", std::filesystem::perms::owner_all);
    compared = sh(compare + " | grep '^unnamed'");
    EXPECT_EQ(compared.out, "unnamed: differs:mode\tusr/sbin/nginx\t0o755 became 0o700\n");
}

INSTANTIATE_TEST_SUITE_P(Suites, EffectsTruth, testing::Values("trixie", "bookworm"),
                         [](const auto& param_info) { return std::string(param_info.param); });
