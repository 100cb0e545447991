// Names of places as users write them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oci/output.h"
#include "support/support.h"

namespace pith::oci {
namespace {

using Kind = Destination::Kind;
using testing::HasSubstr;

TEST(Destination, Parse) {
    struct Case {
        std::string text;
        Kind kind;
        std::string path, reference, again = {};  // `again` where text() differs from what was given
    };
    const std::vector<Case> cases = {
        {"oci:out", Kind::oci_layout, "out", ""},
        {"oci:out:x", Kind::oci_layout, "out", "x"},
        {"oci:/a/b/:1.2-rc", Kind::oci_layout, "/a/b", "1.2-rc", "oci:/a/b:1.2-rc"},
        {"oci:out:registry.example/web:1", Kind::oci_layout, "out", "registry.example/web:1"},
        {"oci-archive:a.tar", Kind::oci_archive, "a.tar", ""},
        {"oci-archive:a.tar:x", Kind::oci_archive, "a.tar", "x"},
        {"docker-archive:a.tar", Kind::docker_archive, "a.tar", ""},
        {"docker-archive:a.tar:web:1", Kind::docker_archive, "a.tar", "web:1"},
        {"docker-archive:a.tar:web", Kind::docker_archive, "a.tar", "web:latest", "docker-archive:a.tar:web:latest"},
        {"docker-archive:a.tar:localhost:5000/a/b_c:V1", Kind::docker_archive, "a.tar", "localhost:5000/a/b_c:V1"},
        {"docker-archive:a.tar:localhost:5000/a", Kind::docker_archive, "a.tar", "localhost:5000/a:latest",
         "docker-archive:a.tar:localhost:5000/a:latest"},
        {"dir:/a/b:c/", Kind::root_folder, "/a/b:c", "", "dir:/a/b:c"},
        {"dir:/", Kind::root_folder, "/", ""},
        {"docker://registry.example/web:1", Kind::registry, "", "registry.example/web:1"},
        {"docker://web", Kind::registry, "", "docker.io/library/web", "docker://docker.io/library/web"},
        {"registry.example/web:1", Kind::registry, "", "registry.example/web:1", "docker://registry.example/web:1"},
        {"web:1", Kind::registry, "", "docker.io/library/web:1", "docker://docker.io/library/web:1"},
        {"docker:27-cli", Kind::registry, "", "docker.io/library/docker:27-cli",
         "docker://docker.io/library/docker:27-cli"},
        {"localhost:5000/web", Kind::registry, "", "localhost:5000/web", "docker://localhost:5000/web"},
    };
    for (const auto& each : cases) {
        auto parsed = Destination::parse(each.text);
        ASSERT_OK(parsed);
        EXPECT_EQ(parsed->kind, each.kind) << each.text;
        EXPECT_EQ(parsed->path, each.path);
        EXPECT_EQ(parsed->reference, each.reference);
        EXPECT_EQ(parsed->text(), each.again.empty() ? each.text : each.again);
    }
}

TEST(Destination, ParseErrors) {
    struct Case {
        std::string text, message;
        ErrorCode code = ErrorCode::usage;
    };
    const std::vector<Case> cases = {
        {"",
         "use one of docker://[HOST/]NAME[:TAG], oci:DIR[:TAG], oci-archive:FILE[:TAG], "
         "docker-archive:FILE[:NAME:TAG], dir:PATH"},
        {"./out", "looks like a file or folder here"},
        {"/srv/rootfs", "looks like a file or folder here"},
        {"web.tar", "looks like a file or folder here"},
        {"images/", "looks like a file or folder here"},
        {"~/web", "looks like a file or folder here"},
        {"Out", "is not a place to write an image to"},
        {"OCI:out", "is not a place"},
        {"docker-archiv:x.tar:web", "begins like 'docker-archive:'"},
        {"tarball:x:y", "is not a place"},
        {"docker://Web", "lower-case"},
        {"docker://", "lower-case"},
        {"oci:", "names no path: oci:DIR[:TAG]"},
        {"oci::x", "names no path"},
        {"dir:", "names no path: dir:PATH"},
        {std::string("oci:a\0b", 7), "names no path"},
        {"oci:out:", "'' is not a tag"},
        {"oci:out:a b", "'a b' is not a tag"},
        {"oci:out:-a", "is not a tag"},
        {"oci:out:" + std::string(500, 'a'), "is not a tag"},
        {"docker-archive:a.tar:Web:1", "is not the name of an image"},
        {"docker-archive:a.tar::1", "is not the name of an image"},
        {"docker-archive:a.tar:web:", "is not the name of an image"},
        {"docker-archive:a.tar:web@sha256:00", "is not the name of an image"},
        {"docker-daemon:web:1", "docker load", ErrorCode::unsupported},
        {"containers-storage:web", "podman load", ErrorCode::unsupported},
    };
    for (const auto& each : cases) {
        auto parsed = Destination::parse(each.text);
        ASSERT_FALSE(parsed) << each.text;
        EXPECT_EQ(parsed.error().code, each.code) << each.text;
        EXPECT_THAT(parsed.error().text(), HasSubstr(each.message));
    }
}

// What is here is what is meant, or at least what must be asked about.
TEST(Destination, AFileOfThatNameIsNotTakenForARegistrysImage) {
    test::Scratch scratch;
    auto before = std::filesystem::current_path();
    std::filesystem::current_path(scratch.path());
    EXPECT_OK(Destination::parse("web"));
    std::filesystem::create_directory("web");
    auto parsed = Destination::parse("web");
    std::filesystem::current_path(before);
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().text(), HasSubstr("docker://web"));
}

}  // namespace
}  // namespace pith::oci
