// Images in a registry that cosign verifies when we signed them, and the other way round, in both of its formats.
#include <nlohmann/json.hpp>

#include "e2e/registry/real_registry.h"
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
