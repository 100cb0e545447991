#include "trust/statement.h"

#include <gmock/gmock.h>

#include "support/support.h"
#include "trust/simple_signing.h"

namespace pith::trust {
namespace {

using testing::HasSubstr;

const Digest digest = sha256("image");

std::string statement(const std::string& subjects, const std::string& rest = R"("predicateType":"https://x")") {
    return R"({"_type":"https://in-toto.io/Statement/v1","subject":[)" + subjects + "]," + rest + "}";
}
std::string subject(const std::string& digests) { return R"({"name":"a","digest":{)" + digests + "}}"; }

template <class Value>
std::string shown(const Result<Value>& value) {
    return value ? "read" : value.error().text();
}

}  // namespace

TEST(Statement, ReadsWhatItWrites) {
    Statement made{{Subject::of("image", digest), Subject::of("", sha256("other"))},
                   "https://spdx.dev/Document",
                   R"({"b":1,"a":[2]})"};
    auto json = write_statement(made);
    ASSERT_OK(json);
    EXPECT_EQ(*json, R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"image","digest":{"sha256":")" +
                         digest.hex() + R"("}},{"digest":{"sha256":")" + sha256("other").hex() +
                         R"("}}],"predicateType":"https://spdx.dev/Document","predicate":{"b":1,"a":[2]}})");
    auto read = read_statement(*json);
    ASSERT_OK(read);
    EXPECT_EQ(read->predicate, made.predicate);
    EXPECT_EQ(read->find(digest)->name, "image");
    EXPECT_EQ(read->find(sha256("third")), nullptr);
    EXPECT_FALSE(write_statement({made.subjects, "x", "[]"}));
    EXPECT_FALSE(write_statement({made.subjects, "x", "{"}));
}

TEST(Statement, TakesADigestInOneSpellingOnly) {
    auto hex = digest.hex();
    auto upper = hex;
    std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
    for (const auto& [digests, is] :
         std::vector<std::pair<std::string, bool>>{{R"("sha256":")" + hex + "\"", true},
                                                   {R"("sha1":"00","sha256":")" + hex + "\"", true},
                                                   {R"("sha256":")" + upper + "\"", false},
                                                   {R"("SHA256":")" + hex + "\"", false},
                                                   {R"("sha512":")" + hex + "\"", false},
                                                   {R"("sha256":"sha256:)" + hex + "\"", false},
                                                   {R"("sha256":"../)" + hex + "\"", false},
                                                   {R"("sha256":")" + hex.substr(0, 32) + "\"", false}}) {
        auto read = read_statement(statement(subject(digests)));
        ASSERT_OK(read);
        EXPECT_EQ(read->find(digest) != nullptr, is) << digests;
    }
}

TEST(Statement, IsBoundedAndStrict) {
    auto one = subject(R"("sha256":"00")");
    EXPECT_EQ(shown(read_statement(statement(one))), "read");
    std::string many = one;
    for (int i = 0; i < 1'024; ++i) many += "," + one;
    EXPECT_THAT(shown(read_statement(statement(many))), HasSubstr("more than 1024"));
    std::string digests = R"("d":"00")";
    for (int i = 0; i < 32; ++i) digests += ",\"d" + std::to_string(i) + R"(":"00")";
    EXPECT_THAT(shown(read_statement(statement(subject(digests)))), HasSubstr("more than 32"));
    EXPECT_THAT(shown(read_statement(statement(""))), HasSubstr("no subject"));
    EXPECT_THAT(shown(read_statement(statement(one, R"("predicate":{})"))), HasSubstr("predicateType"));
    EXPECT_THAT(shown(read_statement(statement(one, R"("predicateType":"")"))), HasSubstr("empty"));
    EXPECT_THAT(shown(read_statement(statement(one, R"("predicateType":"x","predicate":[])"))), HasSubstr("no object"));
    EXPECT_THAT(shown(read_statement(statement(one, R"("predicateType":"x","predicateType":"y")"))),
                HasSubstr("twice"));
    EXPECT_THAT(shown(read_statement(R"({"_type":"https://example/v1","subject":[)" + one + "]}")),
                HasSubstr("not the type"));
    EXPECT_EQ(shown(read_statement(R"({"_type":"https://in-toto.io/Statement/v0.1","subject":[)" + one +
                                   R"(],"predicateType":"x"})")),
              "read");
}

TEST(SimpleSigning, IsWrittenAsCosignWritesIt) {
    SimpleSigning payload{"registry.example/app:1", digest};
    auto json = write_simple_signing(payload);
    EXPECT_EQ(json, R"({"critical":{"identity":{"docker-reference":"registry.example/app:1"},"image":{)"
                    R"("docker-manifest-digest":")" +
                        digest.text() + R"("},"type":"cosign container image signature"},"optional":null})");
    auto read = read_simple_signing(json);
    ASSERT_OK(read);
    EXPECT_EQ(read->manifest, digest);
    EXPECT_EQ(read->reference, payload.reference);
    payload.annotations = {{"env", "prod"}};
    EXPECT_EQ(read_simple_signing(write_simple_signing(payload))->annotations, payload.annotations);
}

TEST(SimpleSigning, RefusesOtherTypesAndSpellingsOfDigests) {
    auto json = write_simple_signing({"r", digest});
    auto with = [&](std::string_view from, std::string_view to) {
        auto text = json;
        return shown(read_simple_signing(text.replace(text.find(from), from.size(), to)));
    };
    EXPECT_THAT(with("cosign container image signature", "atomic container signature"), HasSubstr("not the type"));
    EXPECT_THAT(with("sha256:", ""), HasSubstr("not a digest"));
    EXPECT_THAT(with("sha256:", "sha256:../"), HasSubstr("not a digest"));
    EXPECT_THAT(with(digest.hex(), digest.hex().substr(1)), HasSubstr("not a digest"));
    EXPECT_THAT(with("\"docker-manifest-digest\"", "\"digest\""), HasSubstr("missing"));
    EXPECT_THAT(with("\"identity\"", "\"type\":\"x\",\"identity\""), HasSubstr("twice"));
}

}  // namespace pith::trust
