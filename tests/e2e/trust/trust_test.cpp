// pith keygen and pith verify-bundle as users meet them: files, passwords, exit codes, what is said, and what it costs.
#include <gmock/gmock.h>

#include <fmt/format.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "support/support.h"
#include "trust/key_file.h"
#include "trust/write_bundle.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

namespace {

class Trust : public testing::Test {
protected:
    std::string in(std::string_view name) { return (m_scratch / name).string(); }
    // `ENVIRONMENT pith ARGUMENTS` in the scratch folder.
    Ran pith(const std::string& arguments, const std::string& environment = "") {
        return sh(fmt::format("cd '{}' && {} '{}' {}", m_scratch.path().string(), environment, pith_binary().string(),
                              arguments));
    }
    // A file, and its bundle by the key that keygen made.
    void sign(const std::string& name, const std::string& content) {
        auto key = *trust::read_private_key(
            slurp(in("pith.key")), []() -> Result<trust::Secret> { return trust::Secret(std::string_view("x")); });
        spit(in(name), content);
        spit(in(name + ".json"), trust::write_bundle(*trust::sign_message(as_bytes(content), key), key.public_key()));
    }
    Scratch m_scratch;
};

unsigned mode(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

}  // namespace

TEST_F(Trust, KeygenWritesAPairOnce) {
    auto ran = pith("keygen", "PITH_PASSWORD=x");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(mode(in("pith.key")), 0600U);
    EXPECT_EQ(mode(in("pith.pub")), 0644U);
    auto key = trust::PublicKey::from_pem(slurp(in("pith.pub")));
    ASSERT_OK(key);
    EXPECT_EQ(ran.out, key->id().text() + "\n");
    EXPECT_THAT(ran.err, testing::Not(HasSubstr("PRIVATE")));

    auto before = slurp(in("pith.key"));
    ran = pith("keygen", "PITH_PASSWORD=y");
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.err, HasSubstr("never overwritten"));
    EXPECT_EQ(slurp(in("pith.key")), before);
    std::filesystem::remove(in("pith.key"));
    EXPECT_EQ(pith("keygen", "PITH_PASSWORD=y").exit_code, 2);  // the public key alone is there
    EXPECT_FALSE(std::filesystem::exists(in("pith.key")));
}

TEST_F(Trust, KeygenTakesThePasswordFromWhereItIs) {
    auto opens = [&](const std::string& prefix, std::string_view password) {
        return trust::read_private_key(slurp(in(prefix + ".key")),
                                       [&]() -> Result<trust::Secret> { return trust::Secret(password); })
            .has_value();
    };
    EXPECT_EQ(pith("keygen -o a", "PITH_PASSWORD=mine COSIGN_PASSWORD=other").exit_code, 0);
    EXPECT_TRUE(opens("a", "mine"));
    EXPECT_EQ(pith("keygen -o b", "COSIGN_PASSWORD=other").exit_code, 0);
    EXPECT_TRUE(opens("b", "other"));
    EXPECT_EQ(pith("keygen -o c", "printf 'first\\nsecond\\n' |").exit_code, 0);
    EXPECT_TRUE(opens("c", "first"));
    auto ran = pith("keygen -o d < /dev/null");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.err, HasSubstr("PITH_PASSWORD"));
    EXPECT_FALSE(std::filesystem::exists(in("d.pub")));
}

TEST_F(Trust, AsksTwiceOnATerminalAndShowsNothing) {
    PITH_NEED(have("script"), "script");
    // Types an answer when it is asked for.
    auto typed = [&](const std::string& prefix, const char* first, const char* second) {
        spit(in("shown"), "");
        auto when = [&](const char* shown, const char* answer) {
            return fmt::format("until grep -q {} shown; do sleep 0.1; done; echo {}; ", shown, answer);
        };
        return sh(fmt::format("cd '{}' && ({} {}) | script -qefc \"'{}' keygen -o {}\" shown",
                              m_scratch.path().string(), when("Password", first), when("again", second),
                              pith_binary().string(), prefix));
    };
    auto ran = typed("a", "secret", "secret");
    EXPECT_EQ(ran.exit_code, 0) << ran.out;
    EXPECT_THAT(ran.out, HasSubstr("Password"));
    EXPECT_THAT(ran.out, testing::Not(HasSubstr("secret")));
    ran = typed("b", "secret", "other");
    EXPECT_EQ(ran.exit_code, 2) << ran.out;
    EXPECT_THAT(ran.out, HasSubstr("passwords differ"));
    EXPECT_FALSE(std::filesystem::exists(in("b.key")));
}

TEST_F(Trust, VerifyBundleSaysWhatItChecked) {
    ASSERT_EQ(pith("keygen", "PITH_PASSWORD=x").exit_code, 0);
    sign("file", "content");
    auto ran = pith("verify-bundle --bundle file.json --key pith.pub file");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(ran.out, fmt::format("verified: {}\n  {:<18} ECDSA P-256, key 'pith.pub'\n", sha256("content").text(),
                                   "signature"));
    auto json = nlohmann::json::parse(
        pith("verify-bundle --format json --bundle file.json --key pith.pub " + sha256("content").text()).out);
    EXPECT_EQ(json["verified"], true);
    EXPECT_EQ(json["checks"].size(), 1U);
    EXPECT_FALSE(json.contains("signed_at"));

    spit(in("file"), "changed");
    ran = pith("verify-bundle --bundle file.json --key pith.pub file");
    EXPECT_EQ(ran.exit_code, 12);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr("is not verified"));
    json = nlohmann::json::parse(pith("verify-bundle --format json --bundle file.json --key pith.pub file").out);
    EXPECT_EQ(json["verified"], false);
    EXPECT_FALSE(json.contains("checks"));
}

TEST_F(Trust, VerifyBundleTellsFaultsApart) {
    ASSERT_EQ(pith("keygen", "PITH_PASSWORD=x").exit_code, 0);
    sign("file", "content");
    spit(in("half.json"), slurp(in("file.json")).substr(0, 200));
    spit(in("half.pub"), slurp(in("pith.pub")).substr(0, 80));
    spit(in("old.yaml"), "keys: [{key: pith.pub, until: 2020-01-01}]");
    struct Case {
        const char* arguments;
        int exit_code;
        const char* message;
    };
    for (const auto& [arguments, exit_code, message] : {
             Case{"--bundle half.json --key pith.pub file", 12, "not JSON"},
             {"--bundle file.json --key old.yaml file", 12, "valid until 2020-01-01"},
             {"--bundle file.json --key half.pub file", 1, "PEM block"},
             {"--bundle file.json --key missing.pub file", 1, "missing.pub"},
             {"--bundle missing.json --key pith.pub file", 1, "missing.json"},
             {"--bundle file.json --key pith.pub missing", 1, "missing"},
             {"--bundle file.json --key pith.key file", 2, "private key"},
             {"--bundle file.json file", 2, "whose signature is wanted"},
             {"--bundle file.json --certificate-identity me file", 2, "whose signature is wanted"},
             {"--bundle file.json --key pith.pub --certificate-identity me file", 2, "not both"},
             {"--bundle file.json --certificate-identity me --certificate-oidc-issuer x file", 2, "none is built in"},
             {"--bundle file.json --key pith.pub --trusted-root pith.pub file", 1, "trusted root 'pith.pub'"},
         }) {
        auto ran = pith(std::string("verify-bundle ") + arguments, "env -u PITH_TRUSTED_ROOT");
        EXPECT_EQ(ran.exit_code, exit_code) << arguments << "\n" << ran.err;
        EXPECT_THAT(ran.err, HasSubstr(message)) << arguments;
    }
}

TEST_F(Trust, VerifyBundleOpensNoSocket) {
    auto vectors = shared("sigstore");
    PITH_NEED(vectors, "../shared/data");
    PITH_NEED(have("strace"), "strace");
    auto folder = (*vectors / "bundle-verify").string();
    auto arguments = fmt::format(
        "verify-bundle --bundle '{0}/happy-path-v0.3/bundle.sigstore.json' --certificate-identity-regexp "
        "'https://github.com/sigstore-conformance/.*' --certificate-oidc-issuer "
        "https://token.actions.githubusercontent.com --trusted-root '{1}/trusted_root.production.json' '{0}/a.txt'",
        folder, vectors->string());
    auto ran = sh(
        fmt::format("strace -f -qq -e trace=network -o '{}' '{}' {}", in("trace"), pith_binary().string(), arguments));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(slurp(in("trace")), "");
    EXPECT_THAT(ran.out, HasSubstr("identity"));
}
