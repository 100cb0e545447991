// The bundle's form: what a version must hold, and what is refused before anything is verified.
#include "trust/bundle.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "trust/write_bundle.h"
#include "unit/trust/conformance.h"
#include "unit/trust/keys.h"

namespace pith::trust {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

std::string fault(std::string_view json) {
    auto bundle = read_bundle(json);
    return bundle ? "read" : bundle.error().text();
}

// A bundle of the vectors, changed.
class Form : public testing::Test {
protected:
    void SetUp() override { PITH_NEED(test::shared("sigstore"), "../shared/data"); }
    static std::string changed(const char* vector, const std::function<void(Json&)>& change) {
        auto json = Json::parse(test::Vector(vector).bundle());
        change(json);
        return json.dump();
    }
    // Of version 0.3, with an entry of a log.
    static std::string changed(const std::function<void(Json&)>& change) { return changed("happy-path-v0.3", change); }
};

Json& material(Json& bundle) { return bundle["verificationMaterial"]; }
Json& entry(Json& bundle) { return material(bundle)["tlogEntries"][0]; }

}  // namespace

TEST(Bundle, ReadsWhatItWrites) {
    auto key = test::own_key().public_key();
    auto envelope = *sign_envelope("application/vnd.in-toto+json", to_bytes("{}"), test::own_key());
    auto text = write_bundle(envelope, key);
    auto read = read_bundle(text);
    ASSERT_OK(read);
    EXPECT_EQ(read->key_hint, key.hint());
    EXPECT_TRUE(read->certificates.empty());
    EXPECT_EQ(write_bundle(std::get<Envelope>(read->content), key), text);

    auto message = *sign_message(as_bytes("file"), test::own_key());
    text = write_bundle(message, key);
    EXPECT_THAT(text, testing::StartsWith(R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",)"
                                          R"("verificationMaterial":{"publicKey":{"hint":")"));
    read = read_bundle(text);
    ASSERT_OK(read);
    EXPECT_OK(key.verify(as_bytes("file"), read->signature()));
    EXPECT_EQ(write_bundle(std::get<MessageSignature>(read->content), key), text);
}

TEST_F(Form, IsStrict) {
    EXPECT_EQ(fault(changed([](Json&) {})), "read");
    struct Change {
        std::function<void(Json&)> change;
        const char* message;
    };
    const Change changes[] = {
        {[](Json& b) { b["mediaType"] = "application/json"; }, "media type"},
        {[](Json& b) { b["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.4"; }, "media type"},
        {[](Json& b) { b["more"] = 1; }, "'bundle.more' is not a field"},
        {[](Json& b) { entry(b)["more"] = 1; }, "is not a field"},
        {[](Json& b) { b.erase("messageSignature"); }, "either a 'messageSignature' or a 'dsseEnvelope'"},
        {[](Json& b) { b["dsseEnvelope"] = Json::object(); }, "either a 'messageSignature' or a 'dsseEnvelope'"},
        {[](Json& b) { material(b)["publicKey"] = {{"hint", "x"}}; }, "should have one of"},
        {[](Json& b) { material(b).erase("certificate"); }, "should have one of"},
        {[](Json& b) { entry(b)["inclusionProof"].erase("checkpoint"); }, "no inclusion proof"},
        {[](Json& b) { entry(b).erase("inclusionProof"); }, "no inclusion proof"},
        {[](Json& b) { entry(b)["logIndex"] = "-1"; }, "logIndex' should be a whole number"},
        {[](Json& b) { entry(b)["logIndex"] = 1.5; }, "whole number"},
        {[](Json& b) { entry(b)["integratedTime"] = "9223372036854775807"; }, "after the year 9999"},
        {[](Json& b) { b["messageSignature"]["signature"] = "MEUCIQ"; }, "not base64"},
        {[](Json& b) { b["messageSignature"]["signature"] = "TUVV\nQ0lR"; }, "not base64"},
    };
    for (const auto& [change, message] : changes) EXPECT_THAT(fault(changed(change)), HasSubstr(message)) << message;
}

// Another reader could take the second.
TEST_F(Form, RefusesFieldsThatStandTwice) {
    auto text = changed([](Json&) {});
    auto at = text.find("\"signature\":");
    text.insert(at, "\"signature\":\"AAAA\",");
    EXPECT_THAT(fault(text), HasSubstr("'signature' twice"));
}

TEST_F(Form, DependsOnTheVersion) {
    auto chain = [](Json& b) {
        material(b)["x509CertificateChain"]["certificates"] = Json::array({material(b)["certificate"]});
        material(b).erase("certificate");
    };
    EXPECT_THAT(fault(changed(chain)), HasSubstr("one 'certificate' and no chain"));
    auto older = [&](const char* version, bool promise, bool proof) {
        return fault(changed([&](Json& b) {
            chain(b);
            b["mediaType"] = std::string("application/vnd.dev.sigstore.bundle+json;version=") + version;
            if (!promise) entry(b).erase("inclusionPromise");
            if (!proof) entry(b).erase("inclusionProof");
        }));
    };
    EXPECT_EQ(older("0.1", true, false), "read");
    EXPECT_THAT(older("0.1", false, true), HasSubstr("no signed entry timestamp"));
    EXPECT_EQ(older("0.2", false, true), "read");
    EXPECT_THAT(older("0.2", true, false), HasSubstr("no inclusion proof"));
}

TEST_F(Form, IsBounded) {
    auto many = [](Json& list, std::size_t count) {
        auto first = list[0];
        while (list.size() < count) list.push_back(first);
    };
    EXPECT_EQ(fault(changed([&](Json& b) { many(material(b)["tlogEntries"], 32); })), "read");
    EXPECT_THAT(fault(changed([&](Json& b) { many(material(b)["tlogEntries"], 33); })), HasSubstr("more than 32"));
    EXPECT_THAT(fault(changed([&](Json& b) { many(entry(b)["inclusionProof"]["hashes"], 65); })),
                HasSubstr("more than 64"));
    auto stamps = [&](std::size_t count) {
        return fault(changed("rekor2-happy-path", [&](Json& b) {
            many(material(b)["timestampVerificationData"]["rfc3161Timestamps"], count);
        }));
    };
    EXPECT_EQ(stamps(32), "read");
    EXPECT_THAT(stamps(33), HasSubstr("more than 32"));
    EXPECT_THAT(
        fault(changed("happy-path-intoto-in-dsse-v3", [&](Json& b) { many(b["dsseEnvelope"]["signatures"], 2); })),
        HasSubstr("should have one signature, but has 2"));
    EXPECT_THAT(fault(std::string(33 * MiB, ' ')), HasSubstr("larger than 32"));
}

}  // namespace pith::trust
