// An image with its signatures, attestations and advisories carried from one registry to another in a folder, and
// judged in between without a socket.
#include <nlohmann/json.hpp>

#include "e2e/registry/real_registry.h"
#include "e2e/trust/signed_images.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

constexpr auto trusted_root = R"({"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"})";

class Bundle : public SignedImages {
protected:
    void SetUp() override {
        PITH_NEED(have("docker-registry"), "docker-registry");
        SignedImages::SetUp();
        spit(m_scratch / "predicate.json", R"({"spdxVersion": "SPDX-2.3"})");
        spit(m_scratch / "root.json", trusted_root);
        database("outside.db", "2026-11-20");
    }
    void database(const std::string& file, const std::string& date) {
        spit(m_scratch / "tracker.json",
             R"({"tzdata": {"CVE-1": {"releases": {"trixie": {"status": "open", "urgency": "low"}}}}})");
        done(fmt::format("advisories update --database {} --from {} --date {}", in(file), in("tracker.json"), date));
    }
    // Pushed, signed and attested in both formats, also the manifests of its platforms.
    std::string publish(const RealRegistry& registry) {
        auto image = registry.host() + "/team/app:1";
        done(fmt::format("push -q oci:{}:static {}", in("images"), image));
        done(fmt::format("sign -q -r {} --key {}", image, in("release.key")));
        done(fmt::format("attest -q {} --key {} --type spdxjson --predicate {}", image, in("release.key"),
                         in("predicate.json")));
        return image;
    }
    std::string digest_of(const std::string& image) {
        return nlohmann::json::parse(run("inspect --format json " + image).out)["digest"];
    }
};

}  // namespace

TEST_F(Bundle, IsJudgedWithoutASocketAndLoadedElsewhere) {
    RealRegistry outside(m_scratch / "outside"), inside(m_scratch / "inside");
    auto image = publish(outside);
    auto save = fmt::format("bundle save {} --database {} --advisories --trusted-root {} ", image, in("outside.db"),
                            in("root.json"));
    auto saved = nlohmann::json::parse(run(save + in("saved") + " --format json").out);
    EXPECT_EQ(saved["digest"], digest_of(image));
    // Of the index a bundle and a tag for the signature and the attestation each, of two manifests for the signature.
    EXPECT_EQ(saved["attached"].size(), 8u) << saved.dump(2);
    done(save + in("again"));
    EXPECT_EQ(sh(fmt::format("diff -r {} {}", in("saved"), in("again"))).out, "");
    EXPECT_THAT(done(save + in("saved"), 2), HasSubstr("is not an empty folder"));

    // Nothing that the registry or the cache holds is needed.
    auto here = "oci:" + in("saved"), cold = " --offline --cache-dir " + in("cold");
    EXPECT_EQ(digest_of(here), saved["digest"]);
    done("verify " + here + " --key " + in("release.pub") + cold);
    done("verify " + here + " --key " + in("other.pub") + cold, 12);
    done("verify-attestation " + here + " --type spdxjson --key " + in("release.pub") + cold);
    done(fmt::format("bundle load {} --advisories --database {} --trusted-root-to {}", in("saved"), in("inside.db"),
                     in("carried.json")) +
         cold);
    EXPECT_EQ(slurp(m_scratch / "carried.json"), trusted_root);
    auto scan = run(fmt::format("scan {} --platform linux/amd64 --database {} --as-of 2026-11-20 --format json {}",
                                here, in("inside.db"), cold));
    EXPECT_THAT(scan.out, HasSubstr("CVE-1")) << scan.err;

    done(fmt::format("bundle load {} {}/other/app:2", in("saved"), inside.host()));
    auto loaded = inside.host() + "/other/app:2";
    EXPECT_EQ(digest_of(loaded), saved["digest"]);
    done("verify " + loaded + " --key " + in("release.pub"));
    done("verify-attestation " + loaded + " --type spdxjson --key " + in("release.pub"));
    done(fmt::format("bundle save -q {} --platform linux/amd64 {}", loaded, in("amd64")));
    done("verify oci:" + in("amd64") + " --key " + in("release.pub") + cold);

    PITH_NEED(have("strace"), "strace");
    for (auto what : {"verify", "verify-attestation"}) {
        auto ran = sh(fmt::format("strace -f -qq -e trace=network -o '{}' '{}' {} {} --key {} {}", in("trace"),
                                  pith_binary().string(), what, here, in("release.pub"), cold));
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        EXPECT_EQ(sh(fmt::format("grep -v -e '^[0-9]* *[-+][-+][-+]' '{}'", in("trace"))).out, "");
    }
}

TEST_F(Bundle, AdvisoriesReplaceOlderOnesAlone) {
    auto image = "oci:" + in("images") + ":static";
    done(fmt::format("bundle save {} {} --advisories --database {}", image, in("saved"), in("outside.db")));
    auto load = fmt::format("bundle load {} --advisories --database ", in("saved"));
    auto carried = slurp(m_scratch / "outside.db");
    database("newer.db", "2026-11-21");
    database("older.db", "2026-11-19");
    auto newer = slurp(m_scratch / "newer.db");
    EXPECT_THAT(done(load + in("newer.db")),
                HasSubstr("advisories of 2026-11-21 stay: the bundle's are of 2026-11-20"));
    EXPECT_EQ(slurp(m_scratch / "newer.db"), newer);
    for (auto file : {"older.db", "deep/new.db"}) {
        EXPECT_THAT(done(load + in(file)), HasSubstr("advisories of 2026-11-20 are in"));
        EXPECT_EQ(slurp(m_scratch / file), carried);
    }
    EXPECT_THAT(done(load + in("older.db")), HasSubstr("2026-11-20 stay"));
    // What is no database is not replaced by guess.
    spit(m_scratch / "mine.db", "my own");
    done(load + in("mine.db"), 1);
    EXPECT_EQ(slurp(m_scratch / "mine.db"), "my own");
}

TEST_F(Bundle, SaysWhatIsMissing) {
    auto image = "oci:" + in("images") + ":static";
    EXPECT_THAT(done(fmt::format("bundle save {} {}", image, in("saved"))), StartsWith("sha256:"));
    EXPECT_THAT(done("bundle load " + in("saved"), 2), HasSubstr("say what to take out"));
    EXPECT_THAT(done(fmt::format("bundle load {} --advisories --database {}", in("saved"), in("new.db")), 1),
                HasSubstr("it holds no advisories"));
    EXPECT_THAT(done(fmt::format("bundle load {} --trusted-root-to {}", in("saved"), in("new.json")), 1),
                HasSubstr("it holds no trusted-root"));
    spit(m_scratch / "bad.json", "{");
    EXPECT_THAT(done(fmt::format("bundle save {} {} --trusted-root {}", image, in("bad"), in("bad.json")), 1),
                HasSubstr("bad.json"));
    EXPECT_THAT(
        done(fmt::format("bundle save {} {} --advisories --database {}", image, in("bad"), in("missing.db")), 1),
        HasSubstr("missing.db"));
    EXPECT_FALSE(std::filesystem::exists(m_scratch / "bad"));
    EXPECT_THAT(done(fmt::format("bundle load {} oci:{}", in("bad"), in("new")), 1), HasSubstr("no image layout"));
}
