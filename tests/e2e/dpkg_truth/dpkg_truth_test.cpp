// Images beside a real dpkg installation of the same packages, which mmdebstrap makes: every difference is in
// differences.tsv, with its reason.
#include <gtest/gtest.h>
#include <unistd.h>

#include "e2e/build/pith.h"

using namespace pith::test;

namespace {

struct Compared {
    const char *image, *suite, *packages;  // what the definition asks for, beside what static.yaml does
    const char* program;                   // one whose mode the test changes
};

constexpr const char* libc = "usr/lib/x86_64-linux-gnu/libc.so.6";

}  // namespace

class DpkgTruth : public testing::TestWithParam<Compared> {
protected:
    Ran compare() {
        auto here = (source_dir() / "tests/e2e/dpkg_truth").string();
        return sh(
            fmt::format("{0}/compare_with_dpkg --real {1}/real.tar --ours {1}/ours --image {2} --suite {3} "
                        "--differences {0}/differences.tsv",
                        here, m_scratch.path().string(), GetParam().image, GetParam().suite));
    }
    Scratch m_scratch;
};

TEST_P(DpkgTruth, EveryDifferenceIsNamed) {
    PITH_NEED(have("mmdebstrap") && ::geteuid() == 0, "mmdebstrap as root");
    auto [image, suite, packages, program] = GetParam();
    auto folder = m_scratch.path().string();
    auto real =
        sh(fmt::format("mmdebstrap --quiet --variant=essential "
                       "--include=netbase,tzdata,media-types,ca-certificates,{} {} {}/real.tar",
                       packages, suite, folder));
    ASSERT_EQ(real.exit_code, 0) << real.err;
    built(fmt::format("catalog/{}.yaml --suite {} --platform linux/amd64 -q -o dir:{}/ours", image, suite, folder));
    auto compared = compare();
    EXPECT_EQ(compared.exit_code, 0) << compared.out << compared.err;

    // The comparison can fail: a changed mode is no named difference.
    std::filesystem::permissions(m_scratch / "ours" / program, std::filesystem::perms::owner_all);
    compared = compare();
    EXPECT_EQ(compared.exit_code, 1);
    EXPECT_TRUE(compared.out.starts_with(fmt::format("differs:mode\t{}\t0o", program)) &&
                compared.out.ends_with(" became 0o700\n"))
        << compared.out;
}

INSTANTIATE_TEST_SUITE_P(
    Images, DpkgTruth,
    testing::Values(
        Compared{"nginx", "trixie", "nginx", "usr/sbin/nginx"},
        Compared{"nginx", "bookworm", "nginx", "usr/sbin/nginx"}, Compared{"base", "trixie", "libssl3t64", libc},
        Compared{"base", "bookworm", "libssl3", libc},
        Compared{"python3", "trixie", "python3-minimal,libpython3-stdlib,libgomp1,libstdc++6,libssl3t64", libc},
        Compared{"python3", "bookworm", "python3-minimal,libpython3-stdlib,libgomp1,libstdc++6,libssl3", libc}),
    [](const auto& named) { return fmt::format("{}_{}", named.param.image, named.param.suite); });
