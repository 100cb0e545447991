#include "trust/dsse.h"

#include <gmock/gmock.h>

#include "unit/trust/keys.h"

namespace pith::trust {
namespace {

using testing::HasSubstr;

std::string fault(std::string_view json) {
    auto envelope = read_envelope(json);
    return envelope ? "read" : envelope.error().text();
}

}  // namespace

// The example of DSSE's protocol.md.
TEST(Dsse, EncodesAsTheSpecificationSays) {
    EXPECT_EQ(as_text(pre_authentication_encoding("http://example.com/HelloWorld", as_bytes("hello world"))),
              "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    // Lengths count bytes, not characters.
    EXPECT_EQ(as_text(pre_authentication_encoding("é", as_bytes("日"))), "DSSEv1 2 é 3 日");
}

TEST(Dsse, ReadsWhatItWrites) {
    auto envelope = *sign_envelope("text/plain", to_bytes("hello"), test::own_key());
    auto json = write_envelope(envelope);
    auto again = read_envelope(json);
    ASSERT_OK(again);
    EXPECT_EQ(again->payload_type, "text/plain");
    EXPECT_EQ(as_text(again->payload), "hello");
    EXPECT_EQ(write_envelope(*again), json);
    auto signed_bytes = pre_authentication_encoding(again->payload_type, again->payload);
    EXPECT_OK(test::own_key().public_key().verify(signed_bytes, again->signatures[0].value));
    EXPECT_FALSE(test::own_key().public_key().verify(again->payload, again->signatures[0].value));
}

TEST(Dsse, IsStrict) {
    EXPECT_EQ(fault(R"({"payload":"aGk=","payloadType":"t","signatures":[{"keyid":"k","sig":"AA=="}]})"), "read");
    for (auto [json, message] : {
             std::pair{R"({"payload":"aGk=","payloadType":"t","signatures":[]})", "holds no signature"},
             {R"({"payload":"aGk=","payloadType":"t"})", "holds no signature"},
             {R"({"payload":"aGk","payloadType":"t","signatures":[{"sig":"AA=="}]})",
              "'envelope.payload' is not base64"},
             {R"({"payload":"aGl=","payloadType":"t","signatures":[{"sig":"AA=="}]})", "not base64"},
             {R"({"payload":"-_==","payloadType":"t","signatures":[{"sig":"AA=="}]})", "not base64"},
             {R"({"payload":"aGk=","payload":"aGk=","payloadType":"t","signatures":[{"sig":"AA=="}]})", "twice"},
             {R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":""}]})", "is empty"},
             {R"({"payload":"aGk=","payloadType":"t","payload_type":"u","signatures":[{"sig":"AA=="}]})",
              "not a field"},
         })
        EXPECT_THAT(fault(json), HasSubstr(message)) << json;
    std::string many = R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AA=="})";
    for (int i = 0; i < 32; ++i) many += R"(,{"sig":"AA=="})";
    EXPECT_THAT(fault(many + "]}"), HasSubstr("more than 32"));
}

}  // namespace pith::trust
