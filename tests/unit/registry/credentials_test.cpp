// Credentials in the files of podman and docker, and from helpers.
#include "oci/registry/credentials.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>

#include "base/base64.h"
#include "support/support.h"

namespace pith::oci::registry {
namespace {

using namespace pith::test;
using testing::HasSubstr;
using testing::Not;

std::string auth(std::string_view pair) { return to_base64(as_bytes(pair)); }

TEST(AuthFile, TheKeyThatNamesMostCounts) {
    auto text = R"({"auths":{
        "registry.example":{"auth":")" +
                auth("host:1") + R"("},
        "registry.example/team":{"auth":")" +
                auth("team:2") + R"("},
        "https://index.docker.io/v1/":{"auth":")" +
                auth("hub:a:b") + R"("},
        "tokens.example":{"identitytoken":"refresh"},
        "broken.example":{"auth":"!!!"},
        "empty.example":{}}})";
    struct Case {
        std::string name, user, password, token;
    };
    const Case cases[] = {
        {"registry.example", "host", "1", ""},       {"registry.example/app", "host", "1", ""},
        {"registry.example/team", "team", "2", ""},  {"registry.example/team/app", "team", "2", ""},
        {"registry.example/teams", "host", "1", ""}, {"docker.io/library/nginx", "hub", "a:b", ""},
        {"tokens.example/x", "", "", "refresh"},
    };
    for (const auto& each : cases) {
        auto entry = read_auth_file(text, each.name, "auth.json");
        ASSERT_OK(entry);
        ASSERT_TRUE(entry->credentials) << each.name;
        EXPECT_EQ(*entry->credentials, (Credentials{each.user, each.password, each.token})) << each.name;
    }
    for (const char* name : {"other.example", "empty.example", "egistry.example", "registry.example.evil"})
        EXPECT_FALSE(read_auth_file(text, name, "auth.json")->credentials) << name;
    EXPECT_TRUE(
        read_auth_file(R"({"auths":{"a.example":{"auth":"!!!"},"a.example/b":{"auth":")" + auth("me:1") + "\"}}}",
                       "a.example/b/c", "f")
            ->credentials);
    EXPECT_FALSE(read_auth_file(R"({"auths":{"a.example":{"auth":null}}})", "a.example", "f")->credentials);
    // What cannot be read is told to whom it concerns.
    auto broken = read_auth_file(text, "broken.example/app", "auth.json");
    ASSERT_FALSE(broken);
    EXPECT_THAT(broken.error().text(), HasSubstr("auth.json: 'broken.example' has an 'auth' that is not the base64"));
}

TEST(AuthFile, HelpersAreNamedAndNothingElseIs) {
    auto text =
        R"({"credHelpers":{"a.example":"pass","b.example":"../../bin/sh","docker.io":"hub"},"credsStore":"all"})";
    EXPECT_EQ(read_auth_file(text, "a.example/x", "f")->helper, "pass");
    EXPECT_EQ(read_auth_file(text, "docker.io/library/x", "f")->helper_key, "https://index.docker.io/v1/");
    EXPECT_EQ(read_auth_file(text, "c.example/x", "f")->helper, "all");
    auto bad = read_auth_file(text, "b.example/x", "f");
    ASSERT_FALSE(bad);
    EXPECT_THAT(bad.error().text(), HasSubstr("is no name of one"));
}

TEST(AuthFile, RefusesWhatIsNone) {
    for (const char* text : {"", "[]", "{", R"({"auths":{},"auths":{}})"})
        EXPECT_FALSE(read_auth_file(text, "a.example", "f")) << text;
}

class CredentialFiles : public testing::Test {
protected:
    Scratch m_scratch;
    void SetUp() override {
        for (const char* name : {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DOCKER_CONFIG"})
            ::setenv(name, (m_scratch / name).c_str(), 1);
        ::unsetenv("REGISTRY_AUTH_FILE");
        m_path = std::getenv("PATH");
    }
    void TearDown() override { ::setenv("PATH", m_path.c_str(), 1); }
    void helper(const std::string& script) {
        std::filesystem::create_directories(m_scratch / "bin");
        spit(m_scratch / "bin/docker-credential-test", "#!/bin/sh\n" + script);
        ::chmod((m_scratch / "bin/docker-credential-test").c_str(), 0755);
        ::setenv("PATH", ((m_scratch / "bin").string() + ":" + m_path).c_str(), 1);
        std::filesystem::create_directories(m_scratch / "DOCKER_CONFIG");
        spit(m_scratch / "DOCKER_CONFIG/config.json", R"({"credsStore":"test"})");
    }
    std::string m_path;
};

TEST_F(CredentialFiles, AreWrittenForTheUserAloneAndTakenBack) {
    auto file = store_credentials("registry.example", {"me", "secret", {}}, {});
    ASSERT_OK(file);
    EXPECT_EQ(*file, m_scratch / "XDG_RUNTIME_DIR/containers/auth.json");
    struct stat info{};
    ASSERT_EQ(::stat(file->c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u);
    ASSERT_OK(store_credentials("other.example", {"you", "x", {}}, {}));
    auto found = find_credentials("registry.example/app", {});
    ASSERT_OK(found);
    EXPECT_EQ((*found)->user, "me");
    EXPECT_EQ((*found)->password, "secret");
    ASSERT_OK(remove_credentials("registry.example", {}));
    EXPECT_FALSE(*find_credentials("registry.example/app", {}));
    EXPECT_TRUE(*find_credentials("other.example/app", {}));
    EXPECT_FALSE(*remove_credentials("registry.example", {}));
}

TEST_F(CredentialFiles, AFileThatIsNamedIsTheOnlyOne) {
    ASSERT_OK(store_credentials("a.example", {"me", "secret", {}}, {}));
    EXPECT_FALSE(*find_credentials("a.example", m_scratch / "none.json"));
    spit(m_scratch / "broken.json", "{");
    EXPECT_FALSE(find_credentials("a.example", m_scratch / "broken.json"));
    ::setenv("REGISTRY_AUTH_FILE", (m_scratch / "none.json").c_str(), 1);
    EXPECT_FALSE(*find_credentials("a.example", {}));
}

TEST_F(CredentialFiles, AHelperIsAsked) {
    helper(
        R"(read host; [ "$1" = get ] && echo "{\"ServerURL\":\"$host\",\"Username\":\"of $host\",\"Secret\":\"s\"}")");
    auto found = find_credentials("a.example/app", {});
    ASSERT_OK(found);
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->user, "of a.example");
    helper("echo '{\"Username\":\"<token>\",\"Secret\":\"refresh\"}'");
    EXPECT_EQ((*find_credentials("a.example/app", {}))->identity_token, "refresh");
    helper("echo 'credentials not found in native keychain'; exit 1");
    EXPECT_FALSE(*find_credentials("a.example/app", {}));
    helper("echo 'the keychain is locked' >&2; exit 1");
    auto locked = find_credentials("a.example/app", {});
    ASSERT_FALSE(locked);
    EXPECT_THAT(locked.error().text(), HasSubstr("the keychain is locked"));
    helper("echo '{\"Secret\":\"hidden\"}'");
    auto nobody = find_credentials("a.example/app", {});
    ASSERT_FALSE(nobody);
    EXPECT_THAT(nobody.error().text(), Not(HasSubstr("hidden")));
}

}  // namespace
}  // namespace pith::oci::registry
