// What the conformance vectors leave open: keys and rings with their times, bundles that lie outside of what is signed,
// and that nothing is claimed that was not checked.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "trust/write_bundle.h"
#include "unit/trust/conformance.h"
#include "unit/trust/keys.h"

namespace pith::trust {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

const Time now = *parse_time("2026-11-01");

KeyRing ring(const PublicKey& key, Validity valid = {}) { return {{{"release", key, valid}}}; }

std::string shown(const Result<Verified>& verified) {
    if (!verified) return verified.error().text();
    std::vector<std::string> checks;
    for (const auto& each : verified->checks) checks.push_back(each.what);
    for (const auto& each : verified->left_out) checks.push_back("no " + each.what);
    return join(checks, ", ");
}

std::string verify(const std::string& bundle, std::string_view artifact, const Policy& policy) {
    auto read = read_bundle(bundle);
    return read ? shown(verify_bundle(*read, Artifact::of(as_bytes(artifact)), policy)) : read.error().text();
}

std::string attestation(const Digest& subject, std::string_view payload_type = in_toto_payload_type) {
    auto statement = *write_statement({{Subject::of("a", subject)}, "https://spdx.dev/Document", "{}"});
    auto envelope = *sign_envelope(std::string(payload_type), to_bytes(statement), test::own_key());
    return write_bundle(envelope, test::own_key().public_key());
}

std::string file_signature(std::string_view content) {
    return write_bundle(*sign_message(as_bytes(content), test::own_key()), test::own_key().public_key());
}

// Bundles of the vectors with the production root.
class Vectors : public testing::Test {
protected:
    void SetUp() override { PITH_NEED(test::shared("sigstore"), "../shared/data"); }
    static std::string verify_changed(const char* name, const std::function<void(Json&)>& change,
                                      const std::function<void(Policy&)>& policy_change = {}) {
        test::Vector vector(name);
        auto root = *read_trusted_root(vector.trusted_root());
        auto policy = *vector.policy(root);
        if (policy_change) policy_change(policy);
        auto json = Json::parse(vector.bundle());
        change(json);
        return verify(json.dump(), vector.artifact(), policy);
    }
    static Json bundle(const char* name) { return Json::parse(test::Vector(name).bundle()); }
};

Json& entries(Json& bundle) { return bundle["verificationMaterial"]["tlogEntries"]; }

}  // namespace

TEST(VerifyByKey, AcceptsTheKeyAndTheContentAlone) {
    auto key = test::own_key().public_key();
    Policy policy{ring(key), nullptr, now};
    EXPECT_EQ(verify(file_signature("file"), "file", policy), "signature");
    EXPECT_THAT(verify(file_signature("file"), "another", policy), HasSubstr("another digest"));
    EXPECT_THAT(verify(file_signature("file"), "file", {ring(test::other_key().public_key()), nullptr, now}),
                HasSubstr("not made by the ECDSA P-256 key 'release'"));
    EXPECT_EQ(verify(attestation(sha256("file")), "file", policy), "subject, signature");
    EXPECT_THAT(verify(attestation(sha256("file")), "another", policy),
                HasSubstr("none of the statement's 1 subjects"));
    EXPECT_THAT(verify(attestation(sha256("file"), "text/plain"), "file", policy),
                HasSubstr("not an in-toto statement"));
}

// The hint and the digest of a bundle are not signed: a wrong hint changes nothing, a digest that is made to fit does
// not help.
TEST(VerifyByKey, DecidesFromSignedBytes) {
    auto key = test::own_key().public_key();
    Policy policy{ring(key), nullptr, now};
    auto message = *sign_message(as_bytes("file"), test::own_key());
    EXPECT_EQ(verify(write_bundle(message, test::other_key().public_key()), "file", policy), "signature");
    auto digest = sha256("another");
    message.digest.assign(digest.value.begin(), digest.value.end());
    EXPECT_THAT(verify(write_bundle(message, key), "another", policy), HasSubstr("signature was not made"));
    EXPECT_THAT(verify(write_bundle(message, key), "file", policy), HasSubstr("another digest"));
}

TEST(VerifyByKey, HoldsARotatedKeyToNow) {
    auto key = test::own_key().public_key();
    auto bundle = file_signature("file");
    Validity until{{}, parse_time("2026-10-31").value()}, from{parse_time("2027-01-01").value(), {}};
    EXPECT_THAT(verify(bundle, "file", {ring(key, until), nullptr, now}), HasSubstr("no verified timestamp proves"));
    EXPECT_THAT(verify(bundle, "file", {ring(key, from), nullptr, now}), HasSubstr("valid from 2027-01-01"));
    EXPECT_EQ(verify(bundle, "file", {ring(key, until), nullptr, *parse_time("2026-10-01")}), "key's time, signature");
}

// Signed at 2025-12-18 by a log's word and an authority's timestamp.
TEST_F(Vectors, LetARotatedKeyVerifyWhatWasProvedToBeSignedInItsTime) {
    auto with_until = [](const char* until, bool with_root) {
        return [=](Policy& policy) {
            policy.now = now;
            std::get<KeyRing>(policy.signer).keys[0].valid.until = *parse_time(until);
            if (!with_root) policy.root = nullptr;
        };
    };
    auto same = [](Json&) {};
    EXPECT_THAT(verify_changed("managed-key-happy-path", same, with_until("2026-01-01", true)),
                HasSubstr("log inclusion, log's time, key's time, signature"));
    EXPECT_THAT(verify_changed("managed-key-happy-path", same, with_until("2025-12-01", true)),
                HasSubstr("this was signed at 2025-12-18"));
    // Without a trusted root nothing proves that time.
    EXPECT_THAT(verify_changed("managed-key-happy-path", same, with_until("2026-01-01", false)),
                HasSubstr("no verified timestamp proves"));
}

TEST_F(Vectors, ClaimNoCheckThatWasNotMade) {
    auto without_root = [](Policy& policy) { policy.root = nullptr; };
    auto same = [](Json&) {};
    EXPECT_EQ(verify_changed("managed-key-happy-path", same, without_root), "signature, no log and timestamps");
    auto stripped = [](Json& b) {
        entries(b).clear();
        b["verificationMaterial"].erase("timestampVerificationData");
    };
    EXPECT_EQ(verify_changed("managed-key-happy-path", stripped), "signature");
}

TEST_F(Vectors, AreRefusedWithAnUnrelatedLogEntry) {
    auto other_bundle = bundle("happy-path-v0.1");
    auto other = entries(other_bundle);
    EXPECT_THAT(verify_changed("happy-path-v0.3", [&](Json& b) { entries(b) = other; }),
                HasSubstr("the log entry has another"));
    // One more beside the right one does not pass either.
    EXPECT_THAT(verify_changed("happy-path-v0.3", [&](Json& b) { entries(b).push_back(other[0]); }),
                HasSubstr("the log entry has another"));
    EXPECT_THAT(verify_changed("happy-path-v0.3", [](Json& b) { entries(b).clear(); }), HasSubstr("no entry"));
    EXPECT_THAT(verify_changed("managed-key-happy-path", [&](Json& b) { entries(b) = other; }),
                HasSubstr("the log entry has another"));
}

TEST_F(Vectors, NeedATimeThatSomebodySigned) {
    auto unsigned_time = [](Json& b) { entries(b)[0].erase("inclusionPromise"); };
    EXPECT_THAT(verify_changed("happy-path-v0.3", unsigned_time), HasSubstr("nothing proves when it was signed"));
}

// That vector's timestamp is in lines, which is refused before its time is seen; here it is in one.
TEST_F(Vectors, NeedACertificateThatWasValidThen) {
    auto in_one_line = [](Json& b) {
        auto& stamp = b["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"][0]["signedTimestamp"];
        auto text = stamp.get<std::string>();
        std::erase(text, '\n');
        stamp = text;
    };
    EXPECT_THAT(verify_changed("rekor2-timestamp-with-incorrect-time_fail", in_one_line),
                HasSubstr("certificate has expired"));
}

TEST_F(Vectors, AreForOneIdentityAndOneIssuer) {
    auto same = [](Json&) {};
    auto with = [](NameMatch identity, NameMatch issuer) {
        return [=](Policy& policy) { policy.signer = IdentityPolicy{identity, issuer}; };
    };
    auto pattern = [](const char* text) { return *NameMatch::pattern(text); };
    EXPECT_THAT(verify_changed("happy-path-v0.3", same,
                               with(pattern("https://github.com/sigstore-conformance/.*"), pattern("https://token.*"))),
                HasSubstr("identity, signature"));
    EXPECT_THAT(
        verify_changed("happy-path-v0.3", same, with(pattern("github.com/sigstore-conformance"), pattern(".*"))),
        HasSubstr("identity: the certificate speaks for"));
    EXPECT_THAT(verify_changed("happy-path-v0.3", same, with(pattern(".*"), NameMatch::exactly("https://other"))),
                HasSubstr("vouched for by 'https://token.actions.githubusercontent.com'"));
    EXPECT_THAT(verify_changed("happy-path-v0.3", same, with(NameMatch::exactly(""), pattern(".*"))),
                HasSubstr("speaks for"));
}

TEST_F(Vectors, AreByAKeyOrAnIdentityAsWasAskedFor) {
    auto by_key = [](Policy& policy) { policy.signer = ring(test::own_key().public_key()); };
    EXPECT_THAT(verify_changed("happy-path-v0.3", [](Json&) {}, by_key), HasSubstr("signed by an identity"));
    auto no_root = [](Policy& policy) { policy.root = nullptr; };
    EXPECT_THAT(verify_changed("happy-path-v0.3", [](Json&) {}, no_root), HasSubstr("trusted root"));
}

}  // namespace pith::trust
