// Certificates made by OpenSSL's command: names, issuers, chains and times.
#include "trust/certificate.h"

#include <gmock/gmock.h>

#include <fmt/format.h>

#include <algorithm>

#include "support/support.h"
#include "trust/pem.h"

namespace pith::trust {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Value>
std::string shown(const Result<Value>& value) {
    return value ? "read" : value.error().text();
}

class Certificates : public testing::Test {
protected:
    void SetUp() override { PITH_NEED(test::have("openssl"), "openssl"); }

    // A certificate with these extensions (lines of OpenSSL's configuration), signed by itself or by `issuer`.
    Certificate make(const std::string& name, const std::string& extensions, const std::string& issuer = "") {
        auto at = [&](const std::string& file) { return (m_scratch / file).string(); };
        test::spit(
            m_scratch / (name + ".cnf"),
            fmt::format("[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = {}\n[ext]\n{}\n", name, extensions));
        auto ran = test::sh(
            fmt::format("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout '{0}.key' -config "
                        "'{0}.cnf' -x509 "
                        "-days 10 -extensions ext -out '{0}.pem' {1}",
                        at(name), issuer.empty() ? "" : fmt::format("-CA '{0}.pem' -CAkey '{0}.key'", at(issuer))));
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        auto pem = *read_pem(test::slurp(m_scratch / (name + ".pem")));
        return *Certificate::from_der(pem.content.bytes());
    }
    test::Scratch m_scratch;
};

constexpr const char* authority = "basicConstraints = critical,CA:TRUE\nkeyUsage = keyCertSign";
constexpr const char* signing = "basicConstraints = CA:FALSE\nextendedKeyUsage = codeSigning";

}  // namespace

TEST_F(Certificates, SayWhomTheySpeakForAndWhoVouches) {
    auto certificate = make("leaf",
                            "subjectAltName = URI:https://a.example/x,email:me@b.example,DNS:c.example,"
                            "otherName:1.3.6.1.4.1.57264.1.7;UTF8:name!d,otherName:1.2.3;UTF8:other\n"
                            "1.3.6.1.4.1.57264.1.1 = DER:68747470733a2f2f6f6c64\n"
                            "1.3.6.1.4.1.57264.1.8 = ASN1:UTF8String:https://new");
    EXPECT_THAT(*certificate.identities(), ElementsAre("https://a.example/x", "me@b.example", "name!d"));
    EXPECT_EQ(*certificate.issuer_claim(), "https://new");
    EXPECT_EQ(*make("old", "1.3.6.1.4.1.57264.1.1 = DER:68747470733a2f2f6f6c64").issuer_claim(), "https://old");
    auto bare = make("bare", signing);
    EXPECT_THAT(*bare.identities(), testing::IsEmpty());
    EXPECT_EQ(*bare.issuer_claim(), "");
}

TEST_F(Certificates, WithDamagedExtensionsSayNothing) {
    auto issuer = [&](const char* name, const std::string& lines) { return shown(make(name, lines).issuer_claim()); };
    EXPECT_THAT(issuer("a", "1.3.6.1.4.1.57264.1.8 = DER:68747470"), HasSubstr("not a UTF8String"));
    EXPECT_THAT(issuer("b", "1.3.6.1.4.1.57264.1.8 = ASN1:IA5String:https://x"), HasSubstr("not a UTF8String"));
    EXPECT_THAT(issuer("c", "1.3.6.1.4.1.57264.1.8 = DER:0c026161ff"), HasSubstr("not a UTF8String"));  // one byte more
    EXPECT_THAT(issuer("d", "1.3.6.1.4.1.57264.1.8 = DER:0c03610061"), HasSubstr("NUL"));
    EXPECT_THAT(issuer("e", "1.3.6.1.4.1.57264.1.8 = DER:0c00"), HasSubstr("empty"));
    // OpenSSL writes no extension twice: .9 becomes another .8.
    auto twice = make("f",
                      "1.3.6.1.4.1.57264.1.8 = ASN1:UTF8String:https://x\n1.3.6.1.4.1.57264.1.9 = "
                      "ASN1:UTF8String:https://y")
                     .der();
    auto oid = to_bytes("\x83\xbf\x30\x01\x09");
    auto found = std::ranges::search(twice, oid);
    ASSERT_FALSE(found.empty());
    found.back() = std::byte{8};
    EXPECT_THAT(shown(Certificate::from_der(twice)->issuer_claim()), HasSubstr("twice"));
    EXPECT_THAT(shown(make("g", "2.5.29.17 = DER:3005820161").identities()), HasSubstr("damaged"));
}

TEST_F(Certificates, LeadToTheAuthorityOfTheirTime) {
    auto root = make("root", authority);
    auto between = make("between", authority, "root");
    auto leaf = make("leaf", signing, "between");
    auto stranger = make("stranger", authority);
    auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    auto issuer = issuer_of(leaf, {}, {between, root}, now);
    ASSERT_OK(issuer);
    EXPECT_EQ(issuer->der(), between.der());
    EXPECT_OK(issuer_of(leaf, {between}, {root}, now));
    EXPECT_THAT(shown(issuer_of(leaf, {}, {root}, now)), HasSubstr("unable to get local issuer"));
    EXPECT_FALSE(issuer_of(leaf, {between}, {stranger}, now));
    EXPECT_THAT(shown(issuer_of(leaf, {}, {between, root}, now + std::chrono::days(11))), HasSubstr("expired"));
    EXPECT_THAT(shown(issuer_of(leaf, {}, {between, root}, now - std::chrono::days(1))), HasSubstr("not yet valid"));
    EXPECT_FALSE(issuer_of(root, {}, {root}, now));
    // A certificate that may not sign others does not make an authority.
    auto below = make("below", signing, "leaf");
    EXPECT_FALSE(issuer_of(below, {leaf, between}, {root}, now));

    EXPECT_TRUE(root.is_authority() && root.is_self_signed() && !root.signs_code());
    EXPECT_TRUE(!leaf.is_authority() && !leaf.is_self_signed() && leaf.signs_code());
    EXPECT_TRUE(leaf.validity().contains(now));
}

TEST_F(Certificates, AreWholeOrNothing) {
    auto der = make("leaf", signing).der();
    der.push_back(std::byte{});
    EXPECT_THAT(shown(Certificate::from_der(der)), HasSubstr("damaged"));
    der.resize(der.size() / 2);
    EXPECT_THAT(shown(Certificate::from_der(der)), HasSubstr("damaged"));
    EXPECT_THAT(shown(Certificate::from_der({})), HasSubstr("damaged"));
    EXPECT_THAT(shown(Certificate::from_der(Bytes(65 * KiB))), HasSubstr("larger"));
}

}  // namespace pith::trust
