// cosign's opinion: it verifies what we sign and signs with our keys, and we do the same with its own. scripts/peers.sh
// gets it. No transparency log takes part, so that no socket is needed.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "support/support.h"
#include "trust/key_file.h"
#include "trust/statement.h"
#include "trust/write_bundle.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

namespace {

std::filesystem::path cosign() { return source_dir() / "build/peers/bin/cosign"; }

class Cosign : public testing::Test {
protected:
    void SetUp() override {
        PITH_NEED(std::getenv("PITH_DEEP"), "PITH_DEEP=1: this is slow");
        PITH_NEED(std::filesystem::exists(cosign()), "scripts/peers.sh");
        spit(in("file"), "what is signed");
    }
    std::string in(std::string_view name) { return (m_scratch / name).string(); }
    Ran run(const std::filesystem::path& program, const std::string& arguments) {
        return sh(fmt::format("cd '{}' && HOME='{}' COSIGN_PASSWORD=secret '{}' {}", m_scratch.path().string(),
                              m_scratch.path().string(), program.string(), arguments));
    }
    void succeeds(const std::filesystem::path& program, const std::string& arguments) {
        auto ran = run(program, arguments);
        EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.out << ran.err;
    }
    void fails(const std::filesystem::path& program, const std::string& arguments, int exit_code) {
        auto ran = run(program, arguments);
        EXPECT_EQ(ran.exit_code, exit_code) << arguments << "\n" << ran.out << ran.err;
    }
    trust::PrivateKey private_key(const std::string& file) {
        auto key = trust::read_private_key(
            slurp(in(file)), []() -> Result<trust::Secret> { return trust::Secret(std::string_view("secret")); });
        EXPECT_OK(key);
        return *key;
    }
    Scratch m_scratch;
};

constexpr const char* without_log = "--use-signing-config=false --tlog-upload=false -y";

}  // namespace

TEST_F(Cosign, VerifiesOurBundlesOfFiles) {
    succeeds(pith_binary(), "keygen -o ours");
    auto key = private_key("ours.key");
    spit(in("ours.json"), trust::write_bundle(*trust::sign_message(as_bytes("what is signed"), key), key.public_key()));
    succeeds(cosign(), "verify-blob --insecure-ignore-tlog --key ours.pub --bundle ours.json file");
    succeeds(pith_binary(), "verify-bundle --key ours.pub --bundle ours.json file");
    spit(in("file"), "something else");
    fails(cosign(), "verify-blob --insecure-ignore-tlog --key ours.pub --bundle ours.json file", 1);
    fails(pith_binary(), "verify-bundle --key ours.pub --bundle ours.json file", 12);
}

TEST_F(Cosign, VerifiesOurAttestations) {
    succeeds(pith_binary(), "keygen -o ours");
    auto key = private_key("ours.key");
    auto statement = trust::write_statement({{trust::Subject::of("file", sha256("what is signed"))},
                                             "https://spdx.dev/Document",
                                             R"({"spdxVersion":"SPDX-2.3"})"});
    ASSERT_OK(statement);
    auto envelope = trust::sign_envelope(std::string(trust::in_toto_payload_type), to_bytes(*statement), key);
    ASSERT_OK(envelope);
    spit(in("ours.json"), trust::write_bundle(*envelope, key.public_key()));
    succeeds(cosign(),
             "verify-blob-attestation --insecure-ignore-tlog --key ours.pub --bundle ours.json --type spdxjson file");
    succeeds(pith_binary(), "verify-bundle --key ours.pub --bundle ours.json file");
    spit(in("file"), "something else");
    fails(cosign(),
          "verify-blob-attestation --insecure-ignore-tlog --key ours.pub --bundle ours.json --type spdxjson file", 1);
}

TEST_F(Cosign, SignsWithOurKeysAndOursVerifies) {
    succeeds(pith_binary(), "keygen -o ours");
    succeeds(cosign(), fmt::format("sign-blob {} --key ours.key --bundle theirs.json file", without_log));
    succeeds(pith_binary(), "verify-bundle --key ours.pub --bundle theirs.json file");
    succeeds(pith_binary(), "verify-bundle --key ours.pub --bundle theirs.json " + sha256("what is signed").text());
    fails(pith_binary(), "verify-bundle --key ours.pub --bundle theirs.json " + sha256("something else").text(), 12);
}

TEST_F(Cosign, MakesKeysThatWeRead) {
    succeeds(cosign(), "generate-key-pair");
    EXPECT_EQ(private_key("cosign.key").public_key(), *trust::PublicKey::from_pem(slurp(in("cosign.pub"))));
    spit(in("predicate"), R"({"spdxVersion":"SPDX-2.3"})");
    succeeds(cosign(), fmt::format("attest-blob {} --key cosign.key --predicate predicate --type spdxjson --bundle "
                                   "theirs.json file",
                                   without_log));
    auto ran = run(pith_binary(), "verify-bundle --key cosign.pub --bundle theirs.json file");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("statement: https://spdx.dev/Document"));
}
