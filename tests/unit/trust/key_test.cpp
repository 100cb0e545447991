// Every kind of key, against OpenSSL's command: it makes keys and signatures that we verify, and verifies ours.
#include "trust/key.h"

#include <gmock/gmock.h>

#include "trust/key_file.h"
#include "unit/trust/keys.h"

namespace pith::trust {
namespace {

using testing::HasSubstr;

struct Case {
    const char *options, *kind;
    const char* hashes[3];  // that OpenSSL signs with and we accept; none: over the message itself
};
class Kinds : public testing::TestWithParam<Case> {};

Result<Secret> no_password() { return fail(ErrorCode::internal, "nobody has to ask"); }

PublicKey public_key(const test::Scratch& scratch, const std::string& pem) {
    test::spit(scratch / "key.pem", pem);
    auto ran = test::sh("openssl pkey -in '" + (scratch / "key.pem").string() + "' -pubout");
    return *PublicKey::from_pem(ran.out);
}

}  // namespace

TEST_P(Kinds, SignAndVerifyAsOpensslDoes) {
    PITH_NEED(test::have("openssl"), "openssl");
    test::Scratch scratch;
    auto pem = test::openssl_key(GetParam().options);
    auto key = read_private_key(pem, no_password);
    ASSERT_OK(key);
    auto public_side = public_key(scratch, pem);
    EXPECT_EQ(key->public_key(), public_side);
    EXPECT_EQ(public_side.kind(), GetParam().kind);
    EXPECT_EQ(public_side.needs_message(), GetParam().hashes[0] == nullptr);

    auto message = as_bytes("what is signed");
    auto signature = key->sign(message);
    ASSERT_OK(signature);
    EXPECT_OK(public_side.verify(message, *signature));
    EXPECT_EQ(public_side.verify(as_bytes("something else"), *signature).error().code, ErrorCode::integrity);
    EXPECT_FALSE(test::other_key().public_key().verify(message, *signature));
    auto by_digest = public_side.verify_digest(sha256(message), *signature);
    EXPECT_EQ(by_digest.has_value(), !public_side.needs_message());
    if (!by_digest) {
        EXPECT_EQ(by_digest.error().code, ErrorCode::unsupported);
    }
    EXPECT_FALSE(public_side.verify_digest(sha256("something else"), *signature));
    auto longer = *signature;
    longer.push_back(std::byte{});
    EXPECT_FALSE(public_side.verify(message, longer));
    EXPECT_FALSE(public_side.verify(message, {}));

    test::spit(scratch / "message", as_text(message));
    for (const char* hash : GetParam().hashes) {
        if (!hash) break;
        auto at = [&](const char* name) { return "'" + (scratch / name).string() + "'"; };
        auto ran = test::sh(std::string("openssl dgst -") + hash + " -sign " + at("key.pem") + " -out " +
                            at("signature") + " " + at("message"));
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        auto made = test::slurp(scratch / "signature");
        EXPECT_OK(public_side.verify(message, as_bytes(made)));
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, Kinds,
    testing::Values(Case{"-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "ECDSA P-256", {"sha256"}},
                    Case{"-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "ECDSA P-384", {"sha256", "sha384"}},
                    Case{"-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "ECDSA P-521", {"sha256", "sha512"}},
                    Case{"-algorithm ED25519", "Ed25519", {}},
                    Case{"-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "RSA", {"sha256", "sha512"}}));

TEST(Key, RefusesOtherKinds) {
    PITH_NEED(test::have("openssl"), "openssl");
    for (const char* options : {"-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", "-algorithm ED448",
                                "-algorithm X25519", "-algorithm RSA -pkeyopt rsa_keygen_bits:1024"}) {
        auto key = read_private_key(test::openssl_key(options), no_password);
        ASSERT_FALSE(key) << options;
        EXPECT_EQ(key.error().code, ErrorCode::unsupported) << options << ": " << key.error().text();
    }
}

TEST(Key, TakesAWholeFileOrNothing) {
    auto pem = test::own_key().public_key().pem();
    EXPECT_EQ(PublicKey::from_pem(pem)->pem(), pem);
    EXPECT_EQ(*PublicKey::from_pem("\n" + pem + "\n\n"), test::own_key().public_key());
    EXPECT_THAT(PublicKey::from_pem(pem.substr(0, 100)).error().text(), HasSubstr("cut off"));
    EXPECT_THAT(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----").error().text(),
                HasSubstr("cut off"));
    EXPECT_THAT(PublicKey::from_pem(pem + pem).error().text(), HasSubstr("not base64"));
    EXPECT_THAT(PublicKey::from_pem("").error().text(), HasSubstr("empty"));
    EXPECT_THAT(PublicKey::from_pem("MFkwEwYHKoZIzj0").error().text(), HasSubstr("not a PEM file"));
    auto der = test::own_key().public_key().der();
    der.push_back(std::byte{});
    EXPECT_FALSE(PublicKey::from_der(der));
    der.resize(40);
    EXPECT_FALSE(PublicKey::from_der(der));
}

// What cosign wrote for a known key (the hint in the bundles of sigstore-conformance).
TEST(Key, HasTheHintThatCosignGives) {
    PITH_NEED(test::shared("sigstore"), "../shared/data");
    auto key =
        PublicKey::from_pem(test::slurp(*test::shared("sigstore") / "bundle-verify/managed-key-happy-path/key.pub"));
    EXPECT_EQ(key->hint(), "TLMsSDfG3ajPsWge+z/vX5T/zluXnmvbkTkwLIV68Tk=");
}

}  // namespace pith::trust
