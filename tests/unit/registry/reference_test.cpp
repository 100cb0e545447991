// Names of images in registries.
#include "oci/registry/reference.h"

#include <gmock/gmock.h>

#include "support/support.h"

namespace pith::oci::registry {
namespace {

using testing::HasSubstr;

const std::string digest = "sha256:" + std::string(64, 'a');

TEST(Reference, Parse) {
    struct Case {
        std::string text, host, repository, tag, again, wanted;
    };
    const std::vector<Case> cases = {
        {"nginx", "docker.io", "library/nginx", "", "docker.io/library/nginx", "latest"},
        {"nginx:1.27", "docker.io", "library/nginx", "1.27", "docker.io/library/nginx:1.27", "1.27"},
        {"team/app", "docker.io", "team/app", "", "docker.io/team/app", "latest"},
        {"docker.io/nginx", "docker.io", "library/nginx", "", "docker.io/library/nginx", "latest"},
        {"index.docker.io/nginx", "docker.io", "library/nginx", "", "docker.io/library/nginx", "latest"},
        {"localhost/app", "localhost", "app", "", "localhost/app", "latest"},
        {"localhost:5000/app:x", "localhost:5000", "app", "x", "localhost:5000/app:x", "x"},
        {"registry.example/a/b__c/d-e.f:V_1.2-3", "registry.example", "a/b__c/d-e.f", "V_1.2-3",
         "registry.example/a/b__c/d-e.f:V_1.2-3", "V_1.2-3"},
        {"Host/app", "Host", "app", "", "Host/app", "latest"},
        {"[::1]:5000/app", "[::1]:5000", "app", "", "[::1]:5000/app", "latest"},
        {"registry.example/app@" + digest, "registry.example", "app", "", "registry.example/app@" + digest, digest},
        {"registry.example/app:1@" + digest, "registry.example", "app", "1", "registry.example/app:1@" + digest,
         digest},
    };
    for (const auto& each : cases) {
        auto parsed = Reference::parse(each.text);
        ASSERT_OK(parsed);
        EXPECT_EQ(parsed->host, each.host) << each.text;
        EXPECT_EQ(parsed->repository, each.repository) << each.text;
        EXPECT_EQ(parsed->tag, each.tag) << each.text;
        EXPECT_EQ(parsed->text(), each.again);
        EXPECT_EQ(parsed->wanted(), each.wanted);
        EXPECT_EQ(Reference::parse(parsed->text()), *parsed);
    }
}

TEST(Reference, RefusesWhatIsNone) {
    const std::pair<std::string, std::string> cases[] = {
        {"", "lower-case letters"},
        {"App", "lower-case letters"},
        {"a//b", "lower-case letters"},
        {"/a", "lower-case letters"},
        {"a/", "lower-case letters"},
        {"a..b", "lower-case letters"},
        {"a___b", "lower-case letters"},
        {"a-", "lower-case letters"},
        {"../../etc", "is no host"},
        {"registry.example/../x", "lower-case letters"},
        {"registry.example/a%2e", "lower-case letters"},
        {"registry.example/a?x=y", "lower-case letters"},
        {"user@registry.example/app", "is not a digest"},
        {"registry.example:0/app", "is no host"},
        {"registry.example:70000/app", "is no host"},
        {"registry..example/app", "is no host"},
        {"app:", "is not a tag"},
        {"app:-x", "is not a tag"},
        {"app:" + std::string(129, 'a'), "is not a tag"},
        {"registry.example/" + std::string(250, 'a'), "longer than 255"},
        // Digests that name a path, or that two spellings have.
        {"app@sha256:../../../../etc/passwd", "is not a SHA-256 digest"},
        {"app@sha256:" + std::string(64, 'A'), "is not a digest"},
        {"app@sha256:" + std::string(63, 'a'), "is not a SHA-256 digest"},
        {"app@sha256:" + std::string(65, 'a'), "is not a SHA-256 digest"},
        {"app@" + std::string(64, 'a'), "is not a digest"},
        {"app@sha512:" + std::string(128, 'a'), "is not a digest"},
        {"app@", "is not a digest"},
    };
    for (const auto& [text, message] : cases) {
        auto parsed = Reference::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::usage);
        EXPECT_THAT(parsed.error().text(), HasSubstr(message)) << text;
    }
}

}  // namespace
}  // namespace pith::oci::registry
