// The nginx image beside a real dpkg installation of the same packages, which mmdebstrap makes: every difference is in
// differences.tsv, with its reason.
#include <gtest/gtest.h>
#include <unistd.h>

#include "e2e/build/pith.h"

using namespace pith::test;

class DpkgTruth : public testing::TestWithParam<const char*> {};

TEST_P(DpkgTruth, EveryDifferenceIsNamed) {
    PITH_NEED(have("mmdebstrap") && ::geteuid() == 0, "mmdebstrap as root");
    Scratch scratch;
    auto folder = scratch.path().string();
    auto real =
        sh(fmt::format("mmdebstrap --quiet --variant=essential "
                       "--include=nginx,netbase,tzdata,media-types,ca-certificates {} {}/real.tar",
                       GetParam(), folder));
    ASSERT_EQ(real.exit_code, 0) << real.err;
    built(fmt::format("catalog/nginx.yaml --suite {} --platform linux/amd64 -q -o dir:{}/ours", GetParam(), folder));
    auto here = (source_dir() / "tests/e2e/dpkg_truth").string();
    auto compared = sh(fmt::format(
        "{0}/compare_with_dpkg --real {1}/real.tar --ours {1}/ours --suite {2} --differences {0}/differences.tsv", here,
        folder, GetParam()));
    EXPECT_EQ(compared.exit_code, 0) << compared.out << compared.err;

    // The comparison can fail: a changed mode is no named difference.
    std::filesystem::permissions(scratch / "ours/usr/sbin/nginx", std::filesystem::perms::owner_all);
    compared = sh(fmt::format(
        "{0}/compare_with_dpkg --real {1}/real.tar --ours {1}/ours --suite {2} --differences {0}/differences.tsv", here,
        folder, GetParam()));
    EXPECT_EQ(compared.exit_code, 1);
    EXPECT_EQ(compared.out, "differs:mode\tusr/sbin/nginx\t0o755 became 0o700\n");
}

INSTANTIATE_TEST_SUITE_P(Suites, DpkgTruth, testing::Values("trixie", "bookworm"),
                         [](const auto& param_info) { return std::string(param_info.param); });
