// Images signed, attested and verified in a layout, without a network.
#include <nlohmann/json.hpp>

#include "e2e/trust/signed_images.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

TEST_F(SignedImages, AreVerifiedInALayoutWithoutASocket) {
    auto image = "oci:" + in("images") + ":static";
    EXPECT_THAT(done("verify " + image + " --key " + in("release.pub"), 12), HasSubstr("there is none"));
    auto signed_digest = done("sign -q " + image + " --key " + in("release.key"));
    auto verified = done("verify " + image + " --key " + in("release.pub"));
    EXPECT_THAT(verified, HasSubstr("verified: " + signed_digest.substr(0, 71)));
    done("verify " + image + " --key " + in("other.pub"), 12);
    // The index is signed, not yet its manifests.
    auto manifest = fmt::format("oci:{}:amd64", in("images"));
    done(fmt::format("copy -q {} {} --platform linux/amd64", image, manifest));
    done("verify " + manifest + " --key " + in("release.pub"), 12);
    done("sign -q -r " + image + " --key " + in("release.key"));
    done("verify " + manifest + " --key " + in("release.pub"));

    PITH_NEED(have("strace"), "strace");
    auto ran = sh(fmt::format("strace -f -qq -e trace=network -o '{}' '{}' --offline verify {} --key {}", in("trace"),
                              pith_binary().string(), image, in("release.pub")));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(sh(fmt::format("grep -v -e '^[0-9]* *[-+][-+][-+]' '{}'", in("trace"))).out, "");
}

TEST_F(SignedImages, HaveAttestationsOfTheirTypes) {
    auto image = "oci:" + in("images") + ":static";
    spit(m_scratch / "predicate.json", R"({"spdxVersion": "SPDX-2.3"})");
    spit(m_scratch / "bad.json", "[1]");
    auto attest = fmt::format("attest -q {} --key {} --type spdxjson --predicate ", image, in("release.key"));
    EXPECT_THAT(done(attest + in("bad.json"), 1), HasSubstr("bad.json"));
    done(attest + in("predicate.json"));
    // An attestation is no signature.
    EXPECT_THAT(done("verify " + image + " --key " + in("release.pub"), 12), HasSubstr("attached, which"));
    auto ran = run(fmt::format("verify-attestation {} --type spdxjson --key {}", image, in("release.pub")));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    auto statement = nlohmann::json::parse(ran.out.substr(0, ran.out.find('\n')));
    EXPECT_EQ(statement["predicateType"], "https://spdx.dev/Document");
    EXPECT_EQ(statement["predicate"]["spdxVersion"], "SPDX-2.3");
    done(fmt::format("verify-attestation {} --type vuln --key {}", image, in("release.pub")), 12);
}
