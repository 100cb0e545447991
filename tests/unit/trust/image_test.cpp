// Images signed, attested and verified: what counts as a signature, and everything that must not.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "trust/image/attach.h"
#include "trust/image/attachments.h"
#include "trust/image/verify_image.h"
#include "unit/trust/keys.h"
#include "unit/trust/memory_repository.h"

namespace pith::trust {
namespace {

using namespace pith::test;
using testing::HasSubstr;
using testing::SizeIs;
using Json = nlohmann::ordered_json;

Policy policy_of(const PublicKey& key, Validity valid = {}) {
    return {KeyRing{{{"release", key, valid}}}, nullptr, *parse_time("2026-06-01")};
}

struct Images : testing::Test {
    MemoryRepository repository;
    const PrivateKey &key = own_key(), &other = other_key();
    oci::Descriptor image = add_image("one"), second = add_image("two");
    AttachOptions options{true, "registry.test/app", *parse_time("2026-05-01")};

    oci::Descriptor add_image(const std::string& content) {
        auto config = *repository.push_blob(content, oci::media_type::config);
        Json manifest = {
            {"schemaVersion", 2},
            {"mediaType", oci::media_type::manifest},
            {"config", {{"mediaType", config.media_type}, {"digest", config.digest.text()}, {"size", config.size}}},
            {"layers", Json::array()}};
        return *repository.push_manifest(manifest.dump(), "");
    }
    std::string sig() const { return cosign::tag_of(image.digest, Attached::signature); }
    void only_tag() { repository.listed.clear(); }
    void only_bundle() { repository.manifests.erase(sig()); }
    // The referrers' manifests, changed.
    void change_referrers(const std::function<void(Json&)>& change) {
        auto listed = std::move(repository.listed);
        repository.listed.clear();
        for (auto& [subject, referrer] : listed) {
            auto manifest = Json::parse(repository.manifests.at(referrer.descriptor.digest.text()).bytes);
            change(manifest);
            ASSERT_TRUE(repository.push_manifest(manifest.dump(), ""));
        }
    }
    std::string why_not(const Digest& digest, const Policy& policy) {
        auto verified = verify_image(repository, digest, policy);
        if (verified) return "";
        EXPECT_EQ(verified.error().code, ErrorCode::integrity);
        return verified.error().text();
    }
};

TEST_F(Images, AreVerifiedInEitherFormat) {
    auto written = sign_image(repository, image, key, options);
    ASSERT_TRUE(written);
    EXPECT_THAT(*written, SizeIs(2));
    auto verified = verify_image(repository, image.digest, policy_of(key.public_key()));
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_THAT(verified->held, SizeIs(2));
    only_tag();
    EXPECT_EQ(why_not(image.digest, policy_of(key.public_key())), "");
    ASSERT_TRUE(sign_image(repository, second, key, {false, "", options.now}));
    EXPECT_EQ(why_not(second.digest, policy_of(key.public_key())), "");
    EXPECT_FALSE(repository.manifests.contains(cosign::tag_of(second.digest, Attached::signature)));
}

TEST_F(Images, KeepTheSignaturesThatATagHas) {
    ASSERT_TRUE(sign_image(repository, image, key, options));
    ASSERT_TRUE(sign_image(repository, image, other, options));
    only_tag();
    auto verified = verify_image(repository, image.digest, policy_of(key.public_key()));
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_THAT(verified->held, SizeIs(1));
    EXPECT_THAT(verified->refused, SizeIs(1));
    EXPECT_EQ(why_not(image.digest, policy_of(other.public_key())), "");
}

TEST_F(Images, AreNotSignedByAnotherKeyOrNotAtAll) {
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key())), HasSubstr("there is none in registry.test/app"));
    ASSERT_TRUE(sign_image(repository, image, other, options));
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key())), HasSubstr("signature"));
    // Of another image, or of the index that this image is in.
    EXPECT_THAT(why_not(second.digest, policy_of(other.public_key())), HasSubstr("there is none"));
}

TEST_F(Images, AreNotSignedByAnAttestation) {
    auto type = *predicate_type("spdxjson");
    ASSERT_TRUE(attest_image(repository, image, type, R"({"a": 1})", key, options));
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key())), HasSubstr("1 other is attached, which is no"));
    // Nor under the tag of signatures.
    repository.manifests[sig()] = repository.manifests.at(cosign::tag_of(image.digest, Attached::attestation));
    EXPECT_NE(why_not(image.digest, policy_of(key.public_key())), "");
    // Nor is a signature an attestation.
    ASSERT_TRUE(sign_image(repository, second, key, options));
    EXPECT_FALSE(verify_attestations(repository, second.digest, "", policy_of(key.public_key())));
    auto attested = verify_attestations(repository, image.digest, type, policy_of(key.public_key()));
    ASSERT_TRUE(attested) << attested.error().text();
    EXPECT_THAT(attested->held, SizeIs(2));
    EXPECT_EQ(Json::parse(attested->held[0].verified.statement->predicate), (Json{{"a", 1}}));
    EXPECT_FALSE(
        verify_attestations(repository, image.digest, "https://slsa.dev/provenance/v1", policy_of(key.public_key())));
}

TEST_F(Images, AreNotVouchedForTwice) {
    const std::string type = "https://example.test/a", predicate = R"({ "b":1, "a":[1,2] })";
    AttachOptions bundle_only{false, "", options.now};
    auto standing = [&](const oci::Descriptor& of, const PrivateKey& by, const AttachOptions& how) {
        return standing_of(repository, of.digest, by, how).value();
    };
    EXPECT_FALSE(standing(image, key, options).is_signed);
    EXPECT_FALSE(standing(image, key, options).has(type, predicate));
    ASSERT_TRUE(sign_image(repository, image, key, bundle_only));
    ASSERT_TRUE(attest_image(repository, image, type, R"({"b": 1, "a": [1, 2]})", key, bundle_only));
    EXPECT_TRUE(standing(image, key, bundle_only).is_signed);
    EXPECT_TRUE(standing(image, key, bundle_only).has(type, predicate));
    // Something else, by another key, of another image, or not in both formats.
    EXPECT_FALSE(standing(image, key, bundle_only).has(type, R"({"b": 1})"));
    EXPECT_FALSE(standing(image, key, bundle_only).has(type + "b", predicate));
    EXPECT_FALSE(standing(image, other, bundle_only).is_signed);
    EXPECT_FALSE(standing(second, key, bundle_only).is_signed);
    EXPECT_FALSE(standing(image, key, options).is_signed);
    ASSERT_TRUE(sign_image(repository, image, key, options));
    EXPECT_TRUE(standing(image, key, options).is_signed);
    repository.referrers_fault = Error{ErrorCode::network, "away"};
    EXPECT_FALSE(standing_of(repository, image.digest, key, options));
}

// What is attached elsewhere and said to belong here is about something else all the same.
TEST_F(Images, AreNotSignedByWhatSignsAnother) {
    ASSERT_TRUE(sign_image(repository, image, key, options));
    repository.manifests[cosign::tag_of(second.digest, Attached::signature)] = repository.manifests.at(sig());
    change_referrers([&](Json& manifest) {
        manifest["subject"]["digest"] = second.digest.text();
        manifest["annotations"]["dev.sigstore.bundle.predicateType"] = cosign::signature_predicate;
    });
    auto why = why_not(second.digest, policy_of(key.public_key()));
    EXPECT_THAT(why, HasSubstr("it signs another image, " + image.digest.text()));
    EXPECT_THAT(why, HasSubstr("referrer"));
    // Only listed, and its manifest names another subject.
    repository.listed.clear();
    ASSERT_TRUE(sign_image(repository, image, key, {false, "", options.now}));
    repository.listed.front().first = second.digest;
    repository.manifests.erase(cosign::tag_of(second.digest, Attached::signature));
    EXPECT_THAT(why_not(second.digest, policy_of(key.public_key())), HasSubstr("there is none"));
}

TEST_F(Images, AreJudgedByWhatIsSignedNotByAnnotations) {
    ASSERT_TRUE(attest_image(repository, image, "https://example.test/a", "{}", key, {false, "", options.now}));
    change_referrers([](Json& manifest) {
        manifest["annotations"]["dev.sigstore.bundle.predicateType"] = cosign::signature_predicate;
        manifest["artifactType"] = "application/anything";
    });
    EXPECT_NE(why_not(image.digest, policy_of(key.public_key())), "");
    EXPECT_TRUE(verify_attestations(repository, image.digest, "https://example.test/a", policy_of(key.public_key())));
}

// Rekor's answer, as cosign keeps it beside an older signature.
TEST_F(Images, HaveLogEntriesOfSensibleTimes) {
    ASSERT_TRUE(sign_image(repository, image, key, options));
    only_tag();
    auto why = [&](const std::string& time) {
        auto manifest = Json::parse(repository.manifests.at(sig()).bytes);
        manifest["layers"][0]["annotations"][std::string(cosign::log_annotation)] =
            R"({"SignedEntryTimestamp": "AAAA", "Payload": {"body": "e30=", "logIndex": 1, "logID": "00", )"
            R"("integratedTime": )" +
            time + "}}";
        EXPECT_TRUE(repository.push_manifest(manifest.dump(), sig()));
        return why_not(image.digest, policy_of(key.public_key()));
    };
    EXPECT_THAT(why("9223372036854775807"), HasSubstr("'bundle.Payload.integratedTime' is after the year 9999"));
    EXPECT_THAT(why("253402300799"), HasSubstr("'entry.kind' is missing"));
}

TEST_F(Images, AreNotVerifiedByAKeyOutsideItsTime) {
    ASSERT_TRUE(sign_image(repository, image, key, options));
    Validity ended{.from = {}, .until = *parse_time("2026-05-31")},
        later{.from = *parse_time("2026-06-02"), .until = {}};
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key(), ended)), HasSubstr("until"));
    EXPECT_NE(why_not(image.digest, policy_of(key.public_key(), later)), "");
}

// A registry that cannot say what is attached does not say that nothing is.
TEST_F(Images, AreNotLookedForElsewhereWhereTheListFails) {
    ASSERT_TRUE(sign_image(repository, image, key, options));
    repository.referrers_fault = Error{ErrorCode::network, "HTTP 500"};
    auto verified = verify_image(repository, image.digest, policy_of(key.public_key()));
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, ErrorCode::network);
}

// Nor does one that does not give what is attached.
TEST_F(Images, AreNotUnsignedWhereTheNetworkFails) {
    ASSERT_TRUE(sign_image(repository, image, key, options));
    repository.blobs_fault = Error{ErrorCode::network, "it hung up"};
    for (int format = 0; format < 2; ++format) {
        auto verified = verify_image(repository, image.digest, policy_of(key.public_key()));
        ASSERT_FALSE(verified);
        EXPECT_EQ(verified.error().code, ErrorCode::network);
        only_tag();
    }
}

// What is too much is told, and keeps nothing that was looked at from counting.
TEST_F(Images, AreReadWithinBounds) {
    ASSERT_TRUE(sign_image(repository, image, other, {false, "", options.now}));
    const auto one = repository.listed.front();
    repository.listed.assign(1'500, one);
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key())), HasSubstr("\n  500 more are not looked at"));
    repository.listed.assign(300, one);
    change_referrers([](Json& manifest) {
        for (int i = 0; i < 3; ++i) manifest["layers"].push_back(manifest["layers"][0]);
    });
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key())), HasSubstr("\n  200 more are not looked at"));

    repository.listed = {one};
    change_referrers([](Json& manifest) { manifest["layers"][0]["size"] = std::uint64_t{1} << 40; });
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key())), HasSubstr("a bundle of 1024.0 GiB"));

    // What is only said to be large takes no room.
    repository.listed = {one};
    change_referrers([](Json& manifest) {
        manifest["layers"][0]["size"] = 30 * MiB;
        manifest["layers"][0]["digest"] = sha256("nowhere").text();
        for (int i = 0; i < 9; ++i) manifest["layers"].push_back(manifest["layers"][0]);
    });
    ASSERT_TRUE(sign_image(repository, image, key, {false, "", options.now}));
    auto verified = verify_image(repository, image.digest, policy_of(key.public_key()));
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_THAT(verified->refused, SizeIs(10));
    // What is large does.
    repository.listed = {one};
    auto large = *repository.push_blob(std::string(30 * MiB, ' '), "");
    change_referrers([&](Json& manifest) {
        manifest["layers"][0]["size"] = large.size;
        manifest["layers"][0]["digest"] = large.digest.text();
        for (int i = 0; i < 4; ++i) manifest["layers"].push_back(manifest["layers"][0]);
    });
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key())), HasSubstr("more than 128.0 MiB were read before"));
}

// A tag's manifest or layer that cannot be read is not the bundle's fault.
TEST_F(Images, AreVerifiedBesideAStrangeTag) {
    ASSERT_TRUE(sign_image(repository, image, key, options));
    auto manifest = Json::parse(repository.manifests.at(sig()).bytes);
    for (int i = 0; i < 65; ++i) manifest["layers"][0]["annotations"]["a" + std::to_string(i)] = "";
    ASSERT_TRUE(repository.push_manifest(manifest.dump(), sig()));
    auto verified = verify_image(repository, image.digest, policy_of(key.public_key()));
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_THAT(verified->refused, ElementsAre(HasSubstr("the tag " + sig())));
    manifest["layers"][0]["annotations"] = {{cosign::signature_annotation, "AA=="},
                                            {cosign::log_annotation, std::string(40, '[') + std::string(40, ']')}};
    ASSERT_TRUE(repository.push_manifest(manifest.dump(), sig()));
    verified = verify_image(repository, image.digest, policy_of(key.public_key()));
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_THAT(verified->refused, ElementsAre(HasSubstr("nested deeper than 32")));
}

// What anybody may attach does not keep a good signature from counting, and is told.
TEST_F(Images, AreVerifiedBesideDamage) {
    ASSERT_TRUE(sign_image(repository, image, other, {false, "", options.now}));
    for (auto& [digest, bytes] : repository.blobs)
        if (bytes.contains("dsseEnvelope")) bytes = "{\"mediaType\": 1";
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key())), HasSubstr("damaged is sha256:"));
    change_referrers([&](Json& manifest) {
        auto lost = manifest["layers"][0];
        lost["digest"] = sha256("lost").text();
        auto none = *repository.push_blob("{\"mediaType\": 1", "");
        manifest["layers"][0]["digest"] = none.digest.text();
        manifest["layers"].push_back(lost);
    });
    EXPECT_THAT(why_not(image.digest, policy_of(key.public_key())),
                testing::AllOf(HasSubstr("referrer sha256:"), HasSubstr("is not JSON"), HasSubstr("there is no blob")));
    ASSERT_TRUE(sign_image(repository, image, key, options));
    auto verified = verify_image(repository, image.digest, policy_of(key.public_key()));
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_THAT(verified->refused, SizeIs(2));
}

TEST(PredicateTypes, AreCosignsWords) {
    EXPECT_EQ(*predicate_type("cyclonedx"), "https://cyclonedx.org/bom");
    EXPECT_EQ(*predicate_type("https://example.test/x"), "https://example.test/x");
    for (const char* none : {"spdx", "://", "https://", "https://x y", "https://sigstore.dev/cosign/sign/v1"}) {
        auto type = predicate_type(none);
        ASSERT_FALSE(type) << none;
        EXPECT_EQ(type.error().code, ErrorCode::usage);
    }
}

}  // namespace
}  // namespace pith::trust
