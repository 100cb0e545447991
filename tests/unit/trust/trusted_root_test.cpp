#include "trust/trusted_root.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "unit/trust/conformance.h"

namespace pith::trust {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

class Root : public testing::Test {
protected:
    void SetUp() override { PITH_NEED(test::shared("sigstore"), "../shared/data"); }
    static std::string fault(const std::function<void(Json&)>& change) {
        auto json = Json::parse(test::slurp(*test::shared("sigstore") / "trusted_root.production.json"));
        change(json);
        auto root = read_trusted_root(json.dump());
        return root ? "read" : root.error().text();
    }
};

}  // namespace

TEST_F(Root, ReadsThePublicInstance) {
    auto root = read_trusted_root(test::slurp(*test::shared("sigstore") / "trusted_root.production.json"));
    ASSERT_OK(root);
    ASSERT_EQ(root->logs.size(), 2U);
    EXPECT_EQ(root->logs[0].host, "rekor.sigstore.dev");
    EXPECT_EQ(root->logs[0].key.kind(), "ECDSA P-256");
    EXPECT_EQ(root->logs[0].key.id(), Digest::parse(to_hex(root->logs[0].id)));
    EXPECT_EQ(root->logs[1].key.kind(), "Ed25519");
    EXPECT_EQ(root->certificate_authorities.size(), 2U);
    EXPECT_EQ(root->timestamp_authorities.size(), 1U);
}

TEST_F(Root, IsStrictWhereItMattersAndOpenToNewFields) {
    EXPECT_EQ(fault([](Json& r) { r["tlogs"][0]["operator"] = "x"; }), "read");
    EXPECT_EQ(fault([](Json& r) { r["tlogs"][0]["checkpointKeyId"] = nullptr; }), "read");
    struct Change {
        std::function<void(Json&)> change;
        const char* message;
    };
    const Change changes[] = {
        {[](Json& r) { r["mediaType"] = "x"; }, "media type"},
        {[](Json& r) { r["tlogs"][0]["publicKey"]["validFor"].erase("start"); }, "from when the key is valid"},
        {[](Json& r) { r["tlogs"][0]["publicKey"].erase("validFor"); }, "from when the key is valid"},
        {[](Json& r) { r["ctlogs"][0]["publicKey"].erase("validFor"); }, "from when the key is valid"},
        {[](Json& r) { r["tlogs"][0]["publicKey"]["validFor"]["end"] = "never"; }, "not a time"},
        {[](Json& r) { r["tlogs"][0]["publicKey"]["rawBytes"] = "AAAA"; },
         "root.tlogs[0].publicKey.rawBytes: it is not a key"},
        {[](Json& r) { r["tlogs"][0].erase("logId"); }, "root.tlogs[0].logId' is missing"},
        {[](Json& r) { r["certificateAuthorities"][0]["certChain"]["certificates"].clear(); }, "is empty"},
        {[](Json& r) { r["certificateAuthorities"][0]["certChain"]["certificates"][0]["rawBytes"] = "AAAA"; },
         "not X.509"},
    };
    for (const auto& [change, message] : changes) EXPECT_THAT(fault(change), HasSubstr(message)) << message;
}

}  // namespace pith::trust
