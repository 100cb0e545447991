// What a build writes beside its image is what `pith sbom` reads from it, and what `pith diff` compares.
#include <gmock/gmock.h>

#include "base/text.h"
#include "e2e/build/pith.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

namespace {

class Sbom : public testing::Test {
protected:
    Scratch m_scratch;
    std::string in(std::string_view name) { return (m_scratch / name).string(); }
    static std::string out_of(const std::string& arguments) {
        auto ran = run_pith(arguments);
        EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.err;
        return ran.out;
    }
    // The lines of a document that hold a value of this key, sorted.
    static std::string lines_of(const std::filesystem::path& file, std::string_view key) {
        return sh(fmt::format("grep -F '\"{}\":' '{}' | sort", key, file.string())).out;
    }
};

}  // namespace

TEST_F(Sbom, StandsBesideTheImageAndAgreesWithIt) {
    built(fmt::format("catalog/static.yaml -q -o oci:{}:a/b -o oci-archive:{}", in("layout"), in("x.tar")));
    for (const char* architecture : {"x86_64", "aarch64"}) {
        auto beside = m_scratch / fmt::format("layout-a-b.sbom-{}.spdx.json", architecture);
        ASSERT_TRUE(std::filesystem::exists(beside)) << beside;
        EXPECT_EQ(slurp(beside), slurp(m_scratch / fmt::format("x.tar.sbom-{}.spdx.json", architecture)));
        ASSERT_TRUE(std::filesystem::exists(m_scratch / fmt::format("x.tar.sbom-{}.cdx.json", architecture)));
        out_of(fmt::format("sbom oci-archive:{} --platform {} --format spdx-json -o {}", in("x.tar"), architecture,
                           in("read.json")));
        for (const char* key : {"fileName", "packageVerificationCodeValue", "licenseDeclared"})
            EXPECT_EQ(lines_of(beside, key), lines_of(m_scratch / "read.json", key)) << key;
        // What only the build knows.
        auto text = slurp(beside);
        EXPECT_THAT(text, HasSubstr("; debian trixie main pool/"));
        EXPECT_THAT(text, HasSubstr("the certificate bundle is made from ca-certificates"));
        EXPECT_THAT(text, HasSubstr("asked for"));
        EXPECT_THAT(text, Not(HasSubstr("/debian/pool")));
    }
}

TEST_F(Sbom, IsTheSameFromColdAndFromWarmAndInAFolder) {
    const auto build = "catalog/static.yaml --platform linux/amd64 -q --cache-dir " + in("cache");
    copy_downloads(m_scratch / "cache");
    built(fmt::format("{} -o oci:{} --sbom-path {}", build, in("one"), in("first")));
    built(fmt::format("{} -o oci:{} --sbom-path {}", build, in("two"), in("second")));
    for (const char* name : {"sbom-x86_64.spdx.json", "sbom-x86_64.cdx.json"}) {
        EXPECT_FALSE(slurp(m_scratch / "first" / name).empty());
        EXPECT_EQ(slurp(m_scratch / "first" / name), slurp(m_scratch / "second" / name));
    }
    built(fmt::format("{} -o oci:{} --sbom none", build, in("none")));
    EXPECT_FALSE(std::filesystem::exists(m_scratch / "none.sbom-x86_64.spdx.json"));
}

// Where an image lies changes nothing; skopeo's copies have Docker's media types, or plain layers.
TEST_F(Sbom, ReadsEveryForm) {
    PITH_NEED(have("skopeo"), "skopeo");
    built(fmt::format("catalog/static.yaml --platform linux/amd64 -q -o oci:{}:x -o docker-archive:{} -o dir:{}",
                      in("layout"), in("pith.tar"), in("root")));
    auto copied =
        sh(fmt::format("skopeo copy -q oci:{0}:x docker-archive:{1} && skopeo copy -q --format v2s2 oci:{0}:x "
                       "oci:{2}:x",
                       in("layout"), in("skopeo.tar"), in("v2s2")));
    ASSERT_EQ(copied.exit_code, 0) << copied.err;
    auto wanted = out_of(fmt::format("sbom oci:{}:x", in("layout")));
    EXPECT_THAT(wanted, HasSubstr("base-files"));
    for (const auto& place : {"docker-archive:" + in("pith.tar"), "docker-archive:" + in("skopeo.tar"),
                              "oci:" + in("v2s2") + ":x", "dir:" + in("root")}) {
        EXPECT_EQ(out_of("sbom " + place), wanted) << place;
        auto same = out_of(fmt::format("diff oci:{}:x {}", in("layout"), place));
        EXPECT_THAT(same, HasSubstr("files: 0 added, 0 removed, 0 changed")) << place;
    }
}

TEST_F(Sbom, DiffShowsWhatTheDebugVariantAdds) {
    built(fmt::format("catalog/static.yaml --platform linux/amd64 -q -o oci:{}:plain", in("layout")));
    built(fmt::format("catalog/static.yaml --platform linux/amd64 --variant debug -q -o oci:{}:debug", in("layout")));
    auto text = out_of(fmt::format("diff oci:{0}:plain oci:{0}:debug --files", in("layout")));
    EXPECT_THAT(text, HasSubstr("busybox-static"));
    EXPECT_THAT(text, HasSubstr("/busybox/sh"));
    EXPECT_THAT(text, HasSubstr("0 removed"));
}
