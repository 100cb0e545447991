// Real engines read what pith writes and see one tree: skopeo, podman, buildah, umoci, containerd, Docker, tar,
// and the root folder that pith unpacks itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "oci/output.h"
#include "support/images.h"
#include "support/support.h"

namespace pith {
namespace {

using archive::Compression;
using test::Scratch;
using test::tar_file;
using test::tar_folder;
using test::tar_hard_link;
using test::tar_link;
using testing::HasSubstr;

// A small image with what engines disagree about most easily. Each layer names the folders it writes to, because a
// folder's time is otherwise that of the unpacking.
oci::Image image_of_everything(std::string_view busybox, Compression compression) {
    const std::string deep = "data/" + std::string(60, 'd') + "/" + std::string(60, 'e') + "/" + std::string(200, 'f');
    auto first = test::layer_of(
        {{tar_folder("./"), tar_folder("bin"), tar_file("bin/busybox", busybox, 0755, {}, 1'600'000'000),
          tar_link("bin/sh", "busybox")},
         {tar_folder("etc"), tar_file("etc/passwd", "root:x:0:0::/:/bin/sh\nu:x:1234:4321::/:/bin/sh\n"),
          tar_file("etc/empty", "", 0600, {}, 0), tar_folder("run"), tar_folder("tmp", 01777), tar_folder("proc"),
          tar_folder("sys"), tar_folder("dev"), tar_folder("var"), tar_link("var/run", "/run", {1234, 4321})},
         {tar_folder("data", 0750, {1234, 4321}, 1'500'000'001), tar_file("data/odd", "odd", 0604, {1234, 4321}, 1),
          tar_file("data/none", "none", 0000), tar_folder("data/shared", 02775, {0, 50}),
          tar_file("data/high", "high", 0644, {3'000'000, 60'000}, 4'000'000'000),
          tar_hard_link("data/again", "data/odd", 0604, {1234, 4321}, 1),
          tar_file("data/gr\u00fc\u00dfe, \u4e16\u754c", "text"), tar_folder("data/" + std::string(60, 'd')),
          tar_folder("data/" + std::string(60, 'd') + "/" + std::string(60, 'e')), tar_file(deep, "deep"),
          tar_link("data/long", std::string(150, 'x') + "/" + std::string(100, 'y'))},
         {tar_folder("was-folder"), tar_file("was-folder/inside", "inside"), tar_file("was-file", "file"),
          tar_link("was-link", "etc")}},
        "first", compression);
    auto second = test::layer_of(
        {{tar_folder("./"), tar_folder("etc"), tar_file("etc/passwd", "root:x:0:0::/:/bin/busybox\n", 0640)},
         {tar_link("was-folder", "bin"), tar_folder("was-file", 0700), tar_file("was-file/inside", "inside"),
          tar_folder("was-link"), tar_file("was-link/inside", "inside"), tar_folder("bin"),
          tar_file("bin/two", "two", 0700), tar_hard_link("bin/three", "bin/two", 0700)}},
        "second", compression);
    auto out = test::image_of({first, second});
    out.config.user = "1234:4321";
    out.config.environment = {{"PATH", "/bin"}, {"WHO", "pith"}};
    out.config.entrypoint = {"/bin/sh", "-c"};
    out.config.working_dir = "/data";
    out.config.labels = {{"a", "b"}};
    return out;
}

class Engines : public testing::Test {
protected:
    void SetUp() override {
        PITH_NEED(::geteuid() == 0, "root");
        PITH_NEED(std::filesystem::exists("/bin/busybox"), "busybox-static");
        for (auto tool : {"skopeo", "podman", "buildah", "umoci", "containerd", "ctr", "dockerd", "runc", "python3"})
            PITH_NEED(test::have(tool), tool);
    }

    void write(const oci::Image& image, const std::vector<std::string>& places) {
        Progress quiet;
        for (auto place : places) {
            auto destination =
                oci::Destination::parse(place.insert(place.find(':') + 1, m_scratch.path().string() + "/"));
            ASSERT_OK(destination);
            ASSERT_OK(oci::write({image}, *destination, test::no_registries(), quiet));
        }
    }

    test::Ran check_engines(const std::string& arguments) {
        return test::sh("cd " + m_scratch.path().string() + " && " +
                        (test::source_dir() / "tests/e2e/engines/check_engines").string() +
                        " --layout layout:x --oci-archive oci.tar --root root --keep kept " + arguments);
    }

    // What an engine made of it, with the one digest that depends on the host written as BUSYBOX.
    std::string kept(const std::string& name) {
        auto text = test::slurp(m_scratch / ("kept/" + name));
        auto digest = sha256(m_busybox).hex().substr(0, 16);
        if (auto at = text.find(digest); at != text.npos) text.replace(at, digest.size(), "BUSYBOX");
        return text;
    }

    std::string m_busybox = test::slurp("/bin/busybox");
    Scratch m_scratch;
    static constexpr auto in_a_container = " --run 'id -u; id -g; cat odd; echo; echo $WHO; pwd; ls /was-link'";
    static constexpr auto its_output = "1234\n4321\nodd\npith\n/data\ninside\n";
};

TEST_F(Engines, SeeOneTree) {
    write(image_of_everything(m_busybox, Compression::gzip),
          {"oci:layout:x", "oci-archive:oci.tar:x", "docker-archive:docker.tar:example.org/image:x", "dir:root"});
    auto ran = check_engines(std::string("--docker-archive docker.tar") + in_a_container);
    EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
    for (auto name : {"tar", "folder", "podman pull", "podman load", "buildah from", "umoci unpack", "ctr image import",
                      "docker load"})
        EXPECT_THAT(ran.out, HasSubstr(std::string(name) + ": tree of 32 lines"));
    for (auto name : {"podman run --rootfs", "podman pull", "podman load", "ctr run", "docker run"})
        EXPECT_THAT(ran.out, HasSubstr(std::string(name) + ": output of 6 lines"));
    test::expect_golden("oci/engines.tree", kept("tar.tree"));
    EXPECT_EQ(kept("docker-run.output"), its_output);
}

// umoci reads zstd from version 0.5 on, Docker from 23 on; Debian 12 has older ones.
TEST_F(Engines, SeeOneTreeInZstd) {
    write(image_of_everything(m_busybox, Compression::zstd), {"oci:layout:x", "oci-archive:oci.tar:x", "dir:root"});
    auto ran = check_engines(std::string("--engines tar,folder,skopeo,podman,buildah,containerd") + in_a_container);
    EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
    test::expect_golden("oci/engines.tree", kept("ctr-image-import.tree"));
    EXPECT_EQ(kept("podman-pull.output"), its_output);
}

// The comparison itself can fail.
TEST_F(Engines, ADifferenceIsShown) {
    write(image_of_everything(m_busybox, Compression::gzip), {"oci:layout:x", "oci-archive:oci.tar:x", "dir:root"});
    std::filesystem::permissions(m_scratch / "root/data/odd", std::filesystem::perms::owner_all);
    auto ran = check_engines("--engines tar,folder");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.out, HasSubstr("+data/odd -0700 1234:4321"));
}

}  // namespace
}  // namespace pith
