// Signatures of upstream's indexes, and what happens to each way of breaking them.
#include "pkg/apk/signature.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "pkg/apk/index.h"
#include "support/support.h"

namespace pith::pkg::apk {

using testing::AllOf;
using testing::HasSubstr;

namespace {

std::string run_or_fail(const test::Scratch& scratch, const std::string& command) {
    auto ran = test::sh(fmt::format("cd {} && {}", scratch.path().string(), command));
    EXPECT_EQ(ran.exit_code, 0) << command << ": " << ran.err;
    return ran.out;
}

// A folder with two RSA keys, `a.rsa.pub` and `b.rsa.pub`, and an index `index` (a gzip member) to sign.
class Signed : public testing::Test {
protected:
    void SetUp() override {
        PITH_NEED(test::have("openssl"), "openssl");
        run_or_fail(
            m_scratch,
            "for k in a b; do openssl genrsa -out $k.rsa 2048; openssl rsa -in $k.rsa -pubout -out $k.rsa.pub; done;"
            "printf 'C:Q1Pi7+Lp0TdU9DNxeZKvFbOSjmncw=\\nP:a\\nV:1-r0\\n' > APKINDEX && tar cf - APKINDEX | gzip -n > "
            "index");
        auto keys = load_keys(m_scratch.path());
        ASSERT_OK(keys);
        m_keys = *keys;
        ASSERT_EQ(m_keys.size(), 2U);
    }

    // `index` behind a member of signatures, each "KIND:KEY".
    std::string sign(const std::vector<std::string>& with, std::string_view extra = "") {
        run_or_fail(m_scratch, "rm -rf s && mkdir s");
        for (const auto& entry : with) {
            auto parts = split(entry, ':');
            run_or_fail(m_scratch, fmt::format("openssl dgst -{} -sign {}.rsa -out s/.SIGN.{}.{}.rsa.pub index",
                                               parts[0] == "RSA256"   ? "sha256"
                                               : parts[0] == "RSA512" ? "sha512"
                                                                      : "sha1",
                                               parts[1], parts[0], parts[1]));
        }
        run_or_fail(m_scratch,
                    fmt::format("(cd s && ls -A {0} | sort | tar cf - -b1 -T - | head -c -1024) | gzip -n > member "
                                "&& cat member index > signed",
                                extra));
        return test::slurp(m_scratch / "signed");
    }

    Result<SignedIndex> read(const std::string& file, const std::vector<PublicKey>& keys) {
        return read_signed_index(as_bytes(file), keys, "APKINDEX.tar.gz");
    }

    test::Scratch m_scratch;
    std::vector<PublicKey> m_keys;
};

}  // namespace

TEST_F(Signed, HoldsWithSha1AndSha256) {
    for (std::string kind : {"RSA", "RSA256"}) {
        auto index = read(sign({kind + ":a"}), m_keys);
        ASSERT_OK(index);
        EXPECT_EQ(index->packages.size(), 1U);
        EXPECT_EQ(index->signer.key_name, "a.rsa.pub");
        auto der = run_or_fail(m_scratch, "openssl rsa -pubin -in a.rsa.pub -outform der | sha256sum");
        EXPECT_EQ(index->signer.fingerprint, der.substr(0, 64));
    }
}

TEST_F(Signed, OneOfSeveralSuffices) {
    auto file = sign({"RSA512:a", "RSA256:a", "RSA256:b"});
    EXPECT_EQ(read(file, m_keys)->signer.key_name, "a.rsa.pub");
    EXPECT_EQ(read(file, {m_keys[1]})->signer.key_name, "b.rsa.pub");
    // A key under another's name proves nothing, and does not keep the other from being tried.
    auto swapped = m_keys;
    swapped[0].pem = m_keys[1].pem;
    EXPECT_EQ(read(file, swapped)->signer.key_name, "b.rsa.pub");
}

TEST_F(Signed, SaysWhyNoneHolds) {
    auto file = sign({"RSA512:b", "RSA256:a"});
    auto reason = [&](const std::vector<PublicKey>& keys) {
        auto index = read(file, keys);
        EXPECT_FALSE(index);
        if (index) return std::string();
        EXPECT_EQ(index.error().code, ErrorCode::integrity);
        return index.error().text();
    };
    EXPECT_THAT(reason({}), AllOf(HasSubstr("APKINDEX.tar.gz: "), HasSubstr("key 'a.rsa.pub': this key was not given"),
                                  HasSubstr("key 'b.rsa.pub': a kind of signature other than RSA and RSA256")));
    EXPECT_THAT(reason({{"a.rsa.pub", m_keys[1].pem}}), HasSubstr("key 'a.rsa.pub': its signature does not hold"));
    EXPECT_THAT(reason({{"a.rsa.pub", "nonsense"}}), HasSubstr("not a PEM public key"));
    auto elliptic = run_or_fail(m_scratch, "openssl ecparam -genkey -name prime256v1 | openssl ec -pubout");
    EXPECT_THAT(reason({{"a.rsa.pub", elliptic}}), HasSubstr("not an RSA key"));
}

TEST_F(Signed, IsNotFooledByWhatIsUnsigned) {
    auto index = test::slurp(m_scratch / "index");
    auto unsigned_file = read(index, m_keys);
    ASSERT_FALSE(unsigned_file);
    EXPECT_THAT(unsigned_file.error().text(), HasSubstr("the file is not signed"));
    // Bytes that follow the signed ones are signed too.
    EXPECT_EQ(read(sign({"RSA256:a"}) + index, m_keys).error().code, ErrorCode::integrity);
    // An index inside the member of signatures would not be covered by them.
    sign({"RSA256:a"});
    run_or_fail(m_scratch,
                "cp APKINDEX s/ && (cd s && tar cf - .SIGN* APKINDEX) | gzip -n > member && cat member index > signed");
    auto smuggled = read(test::slurp(m_scratch / "signed"), m_keys);
    ASSERT_FALSE(smuggled);
    EXPECT_THAT(smuggled.error().text(), HasSubstr("'APKINDEX' stands among the signatures"));
}

TEST_F(Signed, BoundsSignatures) {
    run_or_fail(
        m_scratch,
        "rm -rf s && mkdir s && cd s && head -c 2049 /dev/zero > .SIGN.RSA.x && tar cf - .SIGN* | gzip > ../signed");
    EXPECT_EQ(read(test::slurp(m_scratch / "signed"), m_keys).error().code, ErrorCode::limit);
    run_or_fail(
        m_scratch,
        "rm s/.SIGN* && cd s && for i in $(seq 65); do : > .SIGN.RSA.$i; done && tar cf - .SIGN* | gzip > ../signed");
    EXPECT_EQ(read(test::slurp(m_scratch / "signed"), m_keys).error().code, ErrorCode::limit);
    run_or_fail(m_scratch, "rm s/.SIGN* && cd s && : > .SIGN.RSA && tar cf - .SIGN* | gzip > ../signed");
    EXPECT_EQ(read(test::slurp(m_scratch / "signed"), m_keys).error().code, ErrorCode::format);
}

TEST(ApkSignature, UpstreamIndexesHold) {
    auto folder = test::shared("apk");
    PITH_NEED(folder, "../shared/data");
    auto keys = load_keys(*folder / "signing/keys");
    ASSERT_OK(keys);
    ASSERT_EQ(keys->size(), 3U);
    auto file = test::slurp(*folder / "signing/APKINDEX.tar.gz");
    for (const auto& key : *keys) {
        auto index = read_signed_index(as_bytes(file), {key}, "APKINDEX.tar.gz");
        ASSERT_OK(index);
        EXPECT_EQ(index->signer.key_name, key.name);
        EXPECT_EQ(index->packages.size(), 16U);
    }
    auto unknown = *keys;
    for (auto& key : unknown) key.name = "other-" + key.name;
    EXPECT_EQ(read_signed_index(as_bytes(file), unknown, "x").error().code, ErrorCode::integrity);

    auto rsa256 = load_keys(*folder / "rsa256-signed");
    auto signed_once = test::slurp(*folder / "rsa256-signed/APKINDEX.tar.gz");
    EXPECT_OK(read_signed_index(as_bytes(signed_once), *rsa256, "APKINDEX.tar.gz"));
    EXPECT_FALSE(read_signed_index(as_bytes(signed_once), *keys, "APKINDEX.tar.gz"));
}

// Here the signature stands in the index's own member, where it can cover nothing: such a file is not signed.
TEST(ApkSignature, ASignatureBesideTheIndexIsNone) {
    auto folder = test::shared("apk");
    PITH_NEED(folder, "../shared/data");
    auto file = test::slurp(*folder / "APKINDEX.tar.gz");
    auto parts = split_signatures(as_bytes(file));
    ASSERT_OK(parts);
    EXPECT_TRUE(parts->signatures.empty());
    EXPECT_EQ(parts->rest.size(), file.size());
}

TEST(ApkSignature, AFlippedByteFails) {
    auto folder = test::shared("apk");
    PITH_NEED(folder, "../shared/data");
    auto keys = load_keys(*folder / "rsa256-signed");
    ASSERT_OK(keys);
    const auto file = test::slurp(*folder / "rsa256-signed/APKINDEX.tar.gz");
    auto whole = read_signed_index(as_bytes(file), *keys, "APKINDEX.tar.gz");
    ASSERT_OK(whole);
    const auto signed_from = file.size() - split_signatures(as_bytes(file))->rest.size();
    for (std::size_t i = 0; i < file.size(); ++i) {
        auto flipped = file;
        flipped[i] = static_cast<char>(flipped[i] ^ 0x20);
        auto index = read_signed_index(as_bytes(flipped), *keys, "APKINDEX.tar.gz");
        // In front of the signed bytes there are some that mean nothing: the time in a gzip header, padding.
        if (i < signed_from && index) {
            EXPECT_EQ(index->packages, whole->packages) << "byte " << i;
        } else {
            EXPECT_FALSE(index) << "byte " << i;
        }
    }
}

}  // namespace pith::pkg::apk
