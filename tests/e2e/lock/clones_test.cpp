// The whole catalog in two clones that share nothing but the locks: cold caches, other folders, jobs and environment.
#include <gmock/gmock.h>

#include <iostream>

#include "e2e/lock/checkout.h"

using namespace pith::test;

namespace fs = std::filesystem;

class TwoClones : public testing::TestWithParam<const char*> {};

TEST_P(TwoClones, BuildTheSameDigestsOfAllImagesForBothArchitectures) {
    constexpr const char* images[] = {"static", "base-nossl", "base", "cc", "python3", "nginx"};
    auto suite = fmt::format("--suite {}", GetParam());
    Scratch scratch;
    auto one = scratch / "one", two = scratch / "another/folder";
    copy_catalog(one);
    for (const char* image : images) run_pith(fmt::format("lock {}/catalog/{}.yaml {} -q", one.string(), image, suite));
    copy_catalog(two);
    std::size_t locks = 0;
    for (const auto& entry : fs::directory_iterator(one / "catalog"))
        if (entry.path().string().ends_with(".lock.json")) {
            fs::copy(entry.path(), two / "catalog" / entry.path().filename());
            ++locks;
        }
    ASSERT_EQ(locks, std::size(images));

    for (const char* image : images) {
        auto build =
            fmt::format("build catalog/{0}.yaml {1} --locked -q --cache-dir cold -o oci:out:{0}", image, suite);
        auto first = in(one, build + " -j 1", "umask 077; TZ=Asia/Tokyo LC_ALL=C"),
             second = in(two, build + " -j 4", "umask 002; TZ=America/Lima LC_ALL=C.UTF-8");
        EXPECT_THAT(first.out, testing::MatchesRegex("sha256:[0-9a-f]{64}\n")) << image;
        EXPECT_EQ(first.out, second.out) << image;
        std::cout << image << " " << first.out;
    }
    EXPECT_EQ(slurp(one / "out/index.json"), slurp(two / "out/index.json"));
}

INSTANTIATE_TEST_SUITE_P(Suites, TwoClones, testing::Values("trixie", "bookworm"),
                         [](const auto& named) { return std::string(named.param); });
