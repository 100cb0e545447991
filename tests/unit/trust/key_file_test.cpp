// Encrypted private keys: what is written is read again with its password alone, and what a file says about the memory
// that it needs is not believed.
#include "trust/key_file.h"

#include <gmock/gmock.h>

#include "trust/pem.h"
#include "unit/trust/keys.h"

namespace pith::trust {
namespace {

using testing::HasSubstr;

AskPassword answer(std::string_view password) {
    return [password]() -> Result<Secret> { return Secret(password); };
}

std::string with(std::string_view json) { return write_pem("ENCRYPTED SIGSTORE PRIVATE KEY", as_bytes(json)); }

std::string written() {
    static const auto text = *write_private_key(test::own_key(), Secret(std::string_view("secret")));
    return text;
}

// The JSON of a key, with one text in it replaced.
std::string changed(std::string_view from, std::string_view to) {
    auto block = *read_pem(written());
    std::string json(as_text(block.content.bytes()));
    auto at = json.find(from);
    EXPECT_NE(at, json.npos);
    return with(json.replace(at, from.size(), to));
}

std::string fault(const std::string& pem, std::string_view password = "secret") {
    auto key = read_private_key(pem, answer(password));
    return key ? "read" : key.error().text();
}

}  // namespace

TEST(KeyFile, OpensWithItsPasswordOnly) {
    EXPECT_THAT(written(), testing::StartsWith("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"));
    auto key = read_private_key(written(), answer("secret"));
    ASSERT_OK(key);
    EXPECT_EQ(key->public_key(), test::own_key().public_key());
    EXPECT_THAT(fault(written(), "Secret"), HasSubstr("password is wrong"));
    EXPECT_THAT(fault(written(), ""), HasSubstr("password is wrong"));
    auto open = *write_private_key(test::own_key(), Secret());
    EXPECT_EQ(fault(open, ""), "read");
    EXPECT_THAT(fault(open, "x"), HasSubstr("password is wrong"));
}

TEST(KeyFile, IsNeverTheSameTwiceAndHoldsNoKeyInTheClear) {
    auto again = *write_private_key(test::own_key(), Secret(std::string_view("secret")));
    EXPECT_NE(again, written());
    auto plain = *test::own_key().pkcs8();
    auto block = *read_pem(again);
    EXPECT_EQ(as_text(block.content.bytes()).find(as_text(plain.bytes()).substr(0, 20)), std::string_view::npos);
}

TEST(KeyFile, ReadsBothNamesOfTheFormat) {
    auto pem = written();
    for (auto at = pem.find("SIGSTORE"); at != pem.npos; at = pem.find("SIGSTORE")) pem.replace(at, 8, "COSIGN");
    EXPECT_EQ(fault(pem), "read");
}

TEST(KeyFile, TellsAHalfWrittenKey) {
    auto pem = written();
    for (std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{30}, pem.size() / 2, pem.size() - 10})
        EXPECT_THAT(fault(pem.substr(0, size)),
                    testing::AnyOf(HasSubstr("cut off"), HasSubstr("empty"), HasSubstr("not a PEM")))
            << size;
    EXPECT_THAT(fault(with("{\"kdf\":{")), HasSubstr("not JSON"));
    EXPECT_THAT(fault(changed("\"cipher\"", "\"cypher\"")), HasSubstr("'key.cipher' is missing"));
}

// A password is not even asked for where the file would have gigabytes taken.
TEST(KeyFile, BoundsScrypt) {
    auto refused = [](const std::string& pem) {
        auto key = read_private_key(pem, []() -> Result<Secret> {
            ADD_FAILURE() << "asked for a password";
            return Secret();
        });
        return key ? "read" : key.error().text();
    };
    for (const char* n : {"1073741824", "262144", "65537", "16384", "1", "0", "-1", "1e5", "18446744073709551616"})
        EXPECT_THAT(refused(changed("\"N\":65536", std::string("\"N\":") + n)),
                    testing::AnyOf(HasSubstr("scrypt parameters"), HasSubstr("whole number")))
            << n;
    EXPECT_THAT(refused(changed("\"r\":8", "\"r\":1024")), HasSubstr("scrypt parameters"));
    EXPECT_THAT(refused(changed("\"p\":1", "\"p\":1000000")), HasSubstr("scrypt parameters"));
    EXPECT_THAT(refused(changed("\"N\":65536", "\"N\":65536,\"N\":65536")), HasSubstr("twice"));
    EXPECT_THAT(refused(changed("scrypt", "argon2")), HasSubstr("not by scrypt"));
    EXPECT_THAT(refused(changed("nacl/secretbox", "none")), HasSubstr("not by nacl/secretbox"));
}

TEST(KeyFile, ReadsPlainKeysAndNamesOthers) {
    auto plain = *test::own_key().pkcs8();
    auto none = []() -> Result<Secret> { return fail(ErrorCode::internal, "asked"); };
    auto key = read_private_key(write_pem("PRIVATE KEY", plain.bytes()), none);
    ASSERT_OK(key);
    EXPECT_EQ(key->public_key(), test::own_key().public_key());
    EXPECT_THAT(fault(test::own_key().public_key().pem()), HasSubstr("it is a public key"));
    EXPECT_THAT(PublicKey::from_pem(written()).error().text(), HasSubstr("it is a private key"));
    EXPECT_THAT(fault(write_pem("CERTIFICATE", as_bytes("x"))), HasSubstr("'CERTIFICATE'"));
    PITH_NEED(test::have("openssl"), "openssl");
    EXPECT_EQ(fault(test::sh("openssl ecparam -name prime256v1 -genkey -noout").out), "read");
    EXPECT_THAT(fault(test::sh("openssl genpkey -algorithm ED25519 -aes256 -pass pass:x").out),
                HasSubstr("encrypted PKCS #8"));
    EXPECT_THAT(
        fault(test::sh("openssl ecparam -name prime256v1 -genkey -noout | openssl ec -aes128 -passout pass:x").out),
        HasSubstr("headers"));
}

}  // namespace pith::trust
