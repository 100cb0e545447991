// The nginx image: what is in it, and that every engine accepts it.
#include <gmock/gmock.h>
#include <unistd.h>

#include <set>

#include "e2e/build/pith.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

// At most twelve packages, and each has a reason.
TEST(Catalog, NginxHoldsTwelvePackagesAndEachHasAWhy) {
    for (const char* suite : {"trixie", "bookworm"}) {
        Scratch scratch;
        auto options = fmt::format("catalog/nginx.yaml --suite {} --platform linux/amd64", suite);
        built(fmt::format("{} -q -o dir:{}", options, (scratch / "root").string()));
        std::set<std::string> packages;
        for (const auto& entry : std::filesystem::directory_iterator(scratch / "root/var/lib/dpkg/status.d"))
            if (entry.path().extension() != ".md5sums") packages.insert(entry.path().filename().string());
        EXPECT_LE(packages.size(), 12u);
        EXPECT_GE(packages.size(), 8u);
        for (const auto& package : packages) {
            auto why = run_pith(fmt::format("why {} {}", options, package));
            EXPECT_EQ(why.exit_code, 0) << why.err;
            EXPECT_THAT(why.out, HasSubstr(package));
        }
    }
}

// What the debug variant adds, paths below /busybox and the facts of its package aside, is nothing.
TEST(Catalog, DebugAddsOnlyBusybox) {
    Scratch scratch;
    for (const char* variant : {"", "--variant debug"})
        built(fmt::format("catalog/nginx.yaml --platform linux/amd64 {} -q -o dir:{}", variant,
                          (scratch / (*variant ? "debug" : "plain")).string()));
    auto ran = sh(fmt::format(
        "cd {} && for t in plain debug; do (cd $t && find . -printf '%p %y %m %U:%G %l\\n' | sort) > $t.txt; done; "
        "diff plain.txt debug.txt | grep '^[<>]' | grep -v -e '^> ./busybox' -e '^> "
        "./var/lib/dpkg/status.d/busybox-static'",
        scratch.path().string()));
    EXPECT_EQ(ran.out, "");
    EXPECT_TRUE(std::filesystem::exists(scratch / "debug/busybox/sh"));
}

TEST(Catalog, EveryEngineSeesOneTree) {
    for (const char* tool : {"skopeo", "podman", "buildah", "umoci", "containerd", "ctr", "dockerd", "runc", "python3"})
        PITH_NEED(have(tool), tool);
    PITH_NEED(::geteuid() == 0, "root");
    Scratch scratch;
    auto folder = scratch.path().string();
    built(
        fmt::format("catalog/nginx.yaml --platform linux/amd64 -q -o oci:{0}/layout:x -o oci-archive:{0}/oci.tar:x "
                    "-o docker-archive:{0}/docker.tar:example.org/nginx:x -o dir:{0}/root",
                    folder));
    auto ran = sh(fmt::format(
        "cd {} && {} --layout layout:x --oci-archive oci.tar --docker-archive docker.tar --root root --run=-v", folder,
        (source_dir() / "tests/e2e/engines/check_engines").string()));
    EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
    for (const char* engine : {"podman run --rootfs", "podman pull", "ctr run", "docker run"})
        EXPECT_THAT(ran.out, HasSubstr(std::string(engine) + ": output"));
}
