// A real registry between pith and the tools that people use: Debian's docker-registry, skopeo, podman.
#include <gmock/gmock.h>

#include "e2e/build/pith.h"
#include "e2e/registry/real_registry.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;
using testing::Not;

namespace {

// "secret", as htpasswd has it.
constexpr const char* password_line = "me:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

class Registry : public testing::Test {
protected:
    void SetUp() override {
        for (auto tool : {"docker-registry", "skopeo", "podman", "openssl"}) PITH_NEED(have(tool), tool);
    }
    Scratch m_scratch;
    std::string in(std::string_view name) { return (m_scratch / name).string(); }
    Ran pith(const std::string& arguments) {
        return run_pith(fmt::format("{} --authfile {}", arguments, in("auth.json")));
    }
    std::string out_of(const std::string& arguments) {
        auto ran = pith(arguments);
        EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.err;
        return ran.out;
    }
    static std::string tool(const std::string& command) {
        auto ran = sh(command);
        EXPECT_EQ(ran.exit_code, 0) << command << "\n" << ran.err;
        return ran.out;
    }
    std::string fresh_cache(std::string_view name) { return "--cache-dir " + in(name); }
};

}  // namespace

TEST_F(Registry, WhatIsBuiltIntoItIsPulledByOthers) {
    RealRegistry registry(m_scratch / "registry");
    auto image = registry.host() + "/team/static:1";
    auto digest =
        built(fmt::format("catalog/static.yaml -q -o docker://{} -o oci:{}:static --sbom none", image, in("layout")));
    EXPECT_EQ(trim(digest), trim(tool("skopeo inspect --raw --tls-verify=false docker://" + image +
                                      " | sha256sum | "
                                      "sed 's/\\([0-9a-f]*\\).*/sha256:\\1/'")));
    tool(fmt::format("skopeo copy -q --all --src-tls-verify=false docker://{} oci:{}:x", image, in("skopeo")));
    tool(fmt::format("podman --root {0} --runroot {0}/run pull -q --tls-verify=false {1}", in("podman"), image));
    tool(fmt::format("podman --root {0} --runroot {0}/run rmi -f {1}", in("podman"), image));

    // The same words for an image wherever it lies.
    for (const std::string command :
         {"sbom {} --platform linux/amd64 --format purls", "sbom {} --platform linux/arm64 --format spdx-json",
          "scan {} --platform linux/amd64 --database /nonexistent --as-of 2026-01-01 --format json"}) {
        auto at = [&](const std::string& place) {
            auto ran = pith(fmt::format(fmt::runtime(command), place));
            EXPECT_FALSE(ran.out.empty()) << ran.err;
            return ran.out;
        };
        EXPECT_EQ(at("docker://" + image), at("oci:" + in("layout") + ":static")) << command;
    }
    EXPECT_THAT(out_of(fmt::format("diff docker://{} oci:{}:static --platform linux/amd64", image, in("layout"))),
                HasSubstr("files: 0 added, 0 removed, 0 changed"));
    EXPECT_EQ(out_of("tags " + registry.host() + "/team/static"), "1\n");
    EXPECT_THAT(out_of("inspect " + image), HasSubstr(std::string(trim(digest))));
    EXPECT_EQ(out_of("inspect --raw " + image), tool("skopeo inspect --raw --tls-verify=false docker://" + image));
    EXPECT_THAT(out_of("inspect --platform linux/arm64 " + image), HasSubstr("linux/arm64"));
    EXPECT_THAT(out_of("referrers " + image), HasSubstr("nothing refers to"));
}

TEST_F(Registry, OnlyWhatIsMissingMoves) {
    RealRegistry registry(m_scratch / "registry");
    auto host = registry.host();
    built(fmt::format("catalog/static.yaml --platform linux/amd64 -q --sbom none -o oci:{}:x", in("layout")));
    auto digest = out_of(fmt::format("push oci:{}:x {}/app:1", in("layout"), host));
    registry.forget();
    EXPECT_EQ(out_of(fmt::format("push oci:{}:x {}/app:2", in("layout"), host)), digest);
    EXPECT_EQ(registry.count("\"POST /v2/app/blobs/uploads/"), 0u);
    // Another repository of the same registry: mounted.
    EXPECT_EQ(out_of(fmt::format("copy {0}/app:1 {0}/other:1", host)), digest);
    EXPECT_EQ(registry.count("\"PUT /v2/other/blobs/uploads/"), 0u);
    EXPECT_GT(registry.count("from=app"), 0u);

    auto cache = fresh_cache("cold");
    EXPECT_EQ(out_of(fmt::format("pull {}/app:1 oci:{}:x {}", host, in("pulled"), cache)), digest);
    registry.forget();
    EXPECT_EQ(out_of(fmt::format("pull {}/app:1 oci-archive:{}:x {}", host, in("pulled.tar"), cache)), digest);
    EXPECT_EQ(out_of(fmt::format("pull {}/other:1 oci:{}:y {}", host, in("pulled"), cache)), digest);
    EXPECT_EQ(registry.count("\"GET /v2/app/blobs/"), 0u);
    EXPECT_EQ(registry.count("\"GET /v2/other/blobs/"), 0u);
    auto listed = fresh_cache("listed");
    auto first = out_of(fmt::format("sbom {}/app:1 --format purls {}", host, listed));
    tool(fmt::format("rm -r {}/blobs", in("listed")));
    registry.forget();
    EXPECT_EQ(out_of(fmt::format("sbom {}/app:1 --format purls {}", host, listed)), first);
    EXPECT_EQ(registry.count("\"GET /v2/app/blobs/"), 1u);  // the configuration
}

TEST_F(Registry, LogsInOverTlsOfAnOwnAuthority) {
    tool(
        fmt::format("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test "
                    "-addext 'subjectAltName=IP:127.0.0.1' -keyout {} -out {} 2>&1",
                    in("key.pem"), in("cert.pem")));
    spit(m_scratch / "htpasswd", password_line);
    RealRegistry registry(m_scratch / "registry",
                          fmt::format("  tls:\n    certificate: {}\n    key: {}\n", in("cert.pem"), in("key.pem")),
                          fmt::format("auth:\n  htpasswd:\n    realm: here\n    path: {}\n", in("htpasswd")));
    auto host = registry.host();
    built(fmt::format("catalog/static.yaml --platform linux/amd64 -q --sbom none -o oci:{}:x", in("layout")));
    auto push = fmt::format("push oci:{}:x {}/app:1 --ca-file {}", in("layout"), host, in("cert.pem"));

    auto stranger = pith(push);
    EXPECT_EQ(stranger.exit_code, 1);
    EXPECT_THAT(stranger.err, HasSubstr("pith login " + host));
    auto wrong = sh(fmt::format("echo wrong | {} login {} -u me --password-stdin --ca-file {} --authfile {}",
                                pith_binary().string(), host, in("cert.pem"), in("auth.json")));
    EXPECT_EQ(wrong.exit_code, 1) << wrong.err;
    EXPECT_FALSE(std::filesystem::exists(m_scratch / "auth.json"));
    auto right = sh(fmt::format("echo secret | {} login {} -u me --password-stdin --ca-file {} --authfile {}",
                                pith_binary().string(), host, in("cert.pem"), in("auth.json")));
    ASSERT_EQ(right.exit_code, 0) << right.err;
    EXPECT_THAT(right.err, Not(HasSubstr("secret")));
    auto digest = out_of(push);
    // skopeo reads the same file.
    tool(
        fmt::format("mkdir {0} && cp {1} {0}/ca.crt && skopeo copy -q --src-cert-dir {0} --authfile {2} "
                    "docker://{3}/app:1 oci:{4}:x",
                    in("certs"), in("cert.pem"), in("auth.json"), host, in("skopeo")));
    // Without the authority it is another server, and plain http is not tried.
    auto unknown = pith(fmt::format("inspect {}/app:1 {}", host, fresh_cache("other")));
    EXPECT_NE(unknown.exit_code, 0);
    EXPECT_EQ(pith("logout " + host).exit_code, 0);
    auto left = pith(fmt::format("inspect {}/app:1 --ca-file {} {}", host, in("cert.pem"), fresh_cache("other")));
    EXPECT_EQ(left.exit_code, 1);
    EXPECT_THAT(left.err, HasSubstr("pith login " + host));
}
