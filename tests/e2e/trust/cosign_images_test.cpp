// Images in a registry that cosign verifies when we signed them, and the other way round, in both of its formats.
#include <nlohmann/json.hpp>

#include "e2e/registry/real_registry.h"
#include "e2e/sbom/validators.h"
#include "e2e/trust/signed_images.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

namespace {

std::filesystem::path cosign() { return source_dir() / "build/peers/bin/cosign"; }

class CosignImages : public SignedImages {
protected:
    Ran run_cosign(const std::string& arguments) {
        return sh(fmt::format("cd '{}' && HOME='{}' COSIGN_PASSWORD=secret '{}' {}", m_scratch.path().string(),
                              m_scratch.path().string(), cosign().string(), arguments));
    }
    // Debian's, which is of the second version: it knows the older format alone. Run with the libraries of its suite.
    Ran run_debians(const std::string& arguments) {
        auto root = in("debian");
        return sh(
            fmt::format("HOME='{0}' COSIGN_PASSWORD=secret '{1}/usr/lib64/ld-linux-x86-64.so.2' --library-path "
                        "'{1}/usr/lib/x86_64-linux-gnu' '{1}/usr/bin/cosign' {2}",
                        m_scratch.path().string(), root, arguments));
    }
    void cosign_does(const std::string& arguments) {
        auto ran = run_cosign(arguments);
        EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.out << ran.err;
    }
    void cosign_finds_no_signature(const std::string& arguments) {
        auto ran = run_cosign(arguments);
        EXPECT_NE(ran.exit_code, 0) << arguments;
        EXPECT_THAT(ran.err, HasSubstr("no matching "));
    }
};

}  // namespace

TEST_F(CosignImages, AreWhatCosignSignsAndVerifies) {
    PITH_NEED(std::getenv("PITH_DEEP"), "PITH_DEEP=1: this is slow");
    PITH_NEED(std::filesystem::exists(cosign()), "scripts/peers.sh");
    RealRegistry registry(m_scratch / "registry");
    auto ours = registry.host() + "/team/ours:1", theirs = registry.host() + "/team/theirs:1";
    for (const auto& image : {ours, theirs}) done(fmt::format("push -q oci:{}:static {}", in("images"), image));
    spit(m_scratch / "predicate.json", R"({"spdxVersion": "SPDX-2.3"})");
    constexpr auto without_log = "--use-signing-config=false --tlog-upload=false -y --allow-insecure-registry";
    constexpr auto read = "--insecure-ignore-tlog --allow-insecure-registry";

    done(fmt::format("sign -q {} --key {}", ours, in("release.key")));
    done(fmt::format("attest -q {} --key {} --type spdxjson --predicate {}", ours, in("release.key"),
                     in("predicate.json")));
    for (auto format : {"true", "false"}) {
        cosign_does(fmt::format("verify {} --new-bundle-format={} --key release.pub {}", read, format, ours));
        cosign_does(fmt::format("verify-attestation {} --new-bundle-format={} --type spdxjson --key release.pub {}",
                                read, format, ours));
        cosign_finds_no_signature(
            fmt::format("verify {} --new-bundle-format={} --key other.pub {}", read, format, ours));
    }
    for (auto format : {"true", "false"}) {
        cosign_does(fmt::format("sign {} --new-bundle-format={} --key release.key {}", without_log, format, theirs));
        cosign_does(
            fmt::format("attest {} --new-bundle-format={} --type spdxjson --predicate predicate.json --key "
                        "release.key {}",
                        without_log, format, theirs));
    }
    auto verified =
        nlohmann::json::parse(run(fmt::format("verify {} --key {} --format json", theirs, in("release.pub"))).out);
    EXPECT_EQ(verified["held"].size(), 2U) << verified.dump(2);
    EXPECT_THAT(done(fmt::format("verify-attestation {} --key {} --type spdxjson", theirs, in("release.pub"))),
                HasSubstr("SPDX-2.3"));
    done(fmt::format("verify {} --key {}", theirs, in("other.pub")), 12);
}

TEST_F(CosignImages, HaveEverythingThatABuildAttests) {
    PITH_NEED(std::getenv("PITH_DEEP"), "PITH_DEEP=1: this is slow");
    PITH_NEED(std::filesystem::exists(cosign()), "scripts/peers.sh");
    RealRegistry registry(m_scratch / "registry");
    auto image = registry.host() + "/team/built:1";
    auto ran = run_pith(fmt::format("build catalog/static.yaml -q --sbom none --push {} --sign --attest --key {}",
                                    image, in("release.key")),
                        "PITH_PASSWORD=secret");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    auto inspected = nlohmann::json::parse(run("inspect " + image + " --format json").out);
    std::vector<std::string> subjects{inspected["digest"]};
    for (const auto& each : inspected["platforms"]) subjects.push_back(each["digest"]);
    for (const auto& digest : subjects) {
        auto place = fmt::format("{}/team/built@{}", registry.host(), digest);
        for (auto format : {"true", "false"}) {
            auto how =
                fmt::format("--insecure-ignore-tlog --allow-insecure-registry --new-bundle-format={} --key {} {}",
                            format, "release.pub", place);
            cosign_does("verify " + how);
            for (const std::string type : {"spdxjson", "cyclonedx", "slsaprovenance1", "vuln"})
                if (type != "vuln" || digest != subjects[0])
                    cosign_does(fmt::format("verify-attestation --type {} {}", type, how));
        }
    }

    // What names the images of an index is valid, too.
    auto attested = [&](const std::string& type, const std::string& name) {
        auto line = run(fmt::format("verify-attestation {} --type {} --key {}", image, type, in("release.pub"))).out;
        spit(m_scratch / name, nlohmann::json::parse(line.substr(0, line.find('\n')))["predicate"].dump());
        return in(name);
    };
    auto spdx = validate_spdx(attested("spdxjson", "index.spdx.json"));
    EXPECT_EQ(spdx.exit_code, 0) << spdx.out << spdx.err;
    auto cyclonedx = validate_cyclonedx(attested("cyclonedx", "index.cdx.json"));
    EXPECT_EQ(cyclonedx.exit_code, 0) << cyclonedx.out << cyclonedx.err;
}

TEST_F(CosignImages, AreVerifiedByDebiansOlderCosignToo) {
    PITH_NEED(std::getenv("PITH_DEEP"), "PITH_DEEP=1: this is slow");
    spit(m_scratch / "cosign.yaml", "contents:\n  repositories: [debian:trixie]\n  packages: [cosign]\n");
    built(fmt::format("{} --platform linux/amd64 -q --sbom none -o dir:{}", in("cosign.yaml"), in("debian")));

    RealRegistry registry(m_scratch / "registry");
    auto ours = registry.host() + "/team/ours:1", theirs = registry.host() + "/team/theirs:1";
    for (const auto& image : {ours, theirs}) done(fmt::format("push -q oci:{}:static {}", in("images"), image));
    spit(m_scratch / "predicate.json", R"({"spdxVersion": "SPDX-2.3"})");
    auto debians = [&](const std::string& arguments, bool succeeds = true) {
        auto ran = run_debians(arguments + " --allow-insecure-registry");
        EXPECT_EQ(ran.exit_code == 0, succeeds) << arguments << "\n" << ran.out << ran.err;
    };
    done(fmt::format("sign -q {} --key {}", ours, in("release.key")));
    done(fmt::format("attest -q {} --key {} --type spdxjson --predicate {}", ours, in("release.key"),
                     in("predicate.json")));
    debians(fmt::format("verify {} --insecure-ignore-tlog --key {}", ours, in("release.pub")));
    debians(
        fmt::format("verify-attestation {} --insecure-ignore-tlog --type spdxjson --key {}", ours, in("release.pub")));
    debians(fmt::format("verify {} --insecure-ignore-tlog --key {}", ours, in("other.pub")), false);

    debians(fmt::format("sign {} --tlog-upload=false -y --key {}", theirs, in("release.key")));
    debians(fmt::format("attest {} --tlog-upload=false -y --type spdxjson --predicate {} --key {}", theirs,
                        in("predicate.json"), in("release.key")));
    done(fmt::format("verify {} --key {}", theirs, in("release.pub")));
    done(fmt::format("verify-attestation {} --key {} --type spdxjson", theirs, in("release.pub")));
    done(fmt::format("verify {} --key {}", theirs, in("other.pub")), 12);
}

// The folder that `pith bundle save` makes is one that cosign verifies without the registry: an index and a single
// manifest, with bundles alone, tags alone, or both.
TEST_F(CosignImages, AreVerifiedByCosignWhereTheyWereSaved) {
    PITH_NEED(std::getenv("PITH_DEEP"), "PITH_DEEP=1: this is slow");
    PITH_NEED(std::filesystem::exists(cosign()), "scripts/peers.sh");
    spit(m_scratch / "predicate.json", R"({"spdxVersion": "SPDX-2.3"})");
    constexpr auto without_log = "--use-signing-config=false --tlog-upload=false -y --allow-insecure-registry";
    auto verify = [](const std::string& folder, std::string_view key) {
        return fmt::format("verify --local-image {} --insecure-ignore-tlog --key {}", folder, key);
    };
    auto expect_verified = [&](const std::string& folder) {
        SCOPED_TRACE(folder);
        cosign_does(verify(folder, "release.pub"));
        cosign_does(fmt::format("verify-attestation --local-image {} --insecure-ignore-tlog --type spdxjson --key {}",
                                folder, "release.pub"));
        EXPECT_NE(run_cosign(verify(folder, "other.pub")).exit_code, 0);
    };
    {
        RealRegistry registry(m_scratch / "registry");
        for (std::string name : {"ours", "bundles", "tags"}) {
            auto image = fmt::format("{}/team/{}:1", registry.host(), name);
            done(fmt::format("push -q oci:{}:static {}", in("images"), image));
            if (name == "ours") {
                done(fmt::format("sign -q -r {} --key {}", image, in("release.key")));
                done(fmt::format("attest -q -r {} --key {} --type spdxjson --predicate {}", image, in("release.key"),
                                 in("predicate.json")));
            } else {
                auto how = fmt::format("{} --new-bundle-format={} -r", without_log, name == "bundles");
                cosign_does(fmt::format("sign {} --key release.key {}", how, image));
                cosign_does(fmt::format("attest {} --type spdxjson --predicate predicate.json --key release.key {}",
                                        how.substr(0, how.size() - 3), image));
            }
            done(fmt::format("bundle save -q {} {}", image, in(name)));
        }
        // What cosign saved itself is read as one image.
        cosign_does(fmt::format("save --allow-insecure-registry --dir theirs {}/team/tags:1", registry.host()));
        for (auto folder : {"theirs", "tags"}) EXPECT_THAT(done("inspect oci:" + in(folder)), HasSubstr("linux/arm64"));
        auto ours = registry.host() + "/team/ours:1";
        done(fmt::format("bundle save -q {} --platform linux/amd64 {}", ours, in("platform")));
        done(fmt::format("bundle load -q {} {}/elsewhere/ours:1", in("ours"), registry.host()));
        cosign_does(fmt::format("verify --insecure-ignore-tlog --allow-insecure-registry --key release.pub {}",
                                registry.host() + "/elsewhere/ours:1"));
    }
    for (auto name : {"ours", "bundles", "tags", "platform"}) expect_verified(name);
}
