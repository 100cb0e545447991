#include "pkg/deb/openpgp.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "pkg/deb/cleartext.h"
#include "pkg/deb/release.h"
#include "support/signing.h"
#include "support/support.h"

using namespace pith;
using namespace pith::pkg::deb;
using test::KeyOptions;
using test::SigningKey;
using test::SignOptions;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

namespace {

constexpr std::uint32_t made_at = 1'700'000'000;  // the signatures of SigningKey
const Time now{std::chrono::seconds(made_at + 3600)};
const std::string text = "Origin: Test\nSuite: stable\n-dash at the start\n\nlast line\n";

Keyring ring_of(const SigningKey& key, bool armored = false) {
    Keyring out;
    out.add("test.gpg", key.public_key(armored));
    return out;
}

Result<Signed> verify_cleartext(std::string_view file, const Keyring& keyring, Time when = now) {
    auto verifier = TRY(Verifier::open(keyring, when));
    return verifier.cleartext(file, "InRelease");
}

Result<Signed> verify_detached(std::string_view body, std::string_view signature, const Keyring& keyring) {
    auto verifier = TRY(Verifier::open(keyring, now));
    return verifier.detached(body, signature, "Release");
}

void expect_error(const auto& result, ErrorCode code, const testing::Matcher<std::string>& message) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << result.error().text();
    EXPECT_THAT(result.error().text(), message);
}

}  // namespace

TEST(OpenPgp, RealReleaseFilesVerify) {
    auto folder = test::data("debian/trixie-updates");
    auto keyring = Keyring::load(std::vector{test::data("debian/debian-archive-trixie-automatic.gpg")});
    ASSERT_OK(keyring);
    auto then = *parse_date("Sun, 22 Nov 2026 12:00:00 UTC");
    auto signed_inside = verify_cleartext(test::slurp(folder / "InRelease"), *keyring, then);
    ASSERT_OK(signed_inside);
    EXPECT_EQ(signed_inside->text, test::slurp(folder / "Release"));
    EXPECT_EQ(signed_inside->fingerprint, "04b54c3cdca79751b16bc6b5225629df75b188bd");
}

TEST(OpenPgp, OneGoodSignatureSuffices) {
    SigningKey key;
    for (bool armored : {false, true}) {
        auto inside = verify_cleartext(key.cleartext(text), ring_of(key, armored));
        ASSERT_OK(inside);
        EXPECT_EQ(inside->text, text);
        EXPECT_EQ(inside->fingerprint, key.fingerprint());
        auto beside = verify_detached(text, key.detached(text), ring_of(key, armored));
        ASSERT_OK(beside);
        EXPECT_EQ(beside->text, text);
    }
    // Two signatures, one of them by a key that is not there.
    SigningKey other;
    auto both = other.detached(text) + key.detached(text);
    EXPECT_OK(verify_detached(text, both, ring_of(key)));
}

TEST(OpenPgp, WhatDoesNotCountSaysWhy) {
    SigningKey other;
    struct {
        KeyOptions key;
        SignOptions sign;
        bool known;
        const char* why;
    } cases[] = {
        {{}, {}, false, "not in the keyring"},
        {{.lasts = 90'000'000}, {}, true, "the key expired on 2023-07-22"},
        {{.revoked = true}, {}, true, "the key is revoked"},
        {{}, {.lasts = 60}, true, "the signature is expired"},
        {{}, {.created = made_at + 90'000}, true, "in the future"},
        {{}, {.hash = "SHA1"}, true, "SHA1, a weak hash"},
    };
    for (const auto& c : cases) {
        SigningKey key(c.key);
        auto inside = key.cleartext(text, c.sign), beside = key.detached(text, c.sign);
        auto keyring = ring_of(c.known ? key : other);
        auto message = AllOf(HasSubstr("no signature counts"), HasSubstr(c.why), HasSubstr("test.gpg"));
        expect_error(verify_cleartext(inside, keyring), ErrorCode::integrity, message);
        expect_error(verify_detached(text, beside, keyring), ErrorCode::integrity, message);
    }
}

TEST(OpenPgp, DoubtsAreToldInTheErrorOnly) {
    SigningKey key, other;
    auto by_both = key.detached(text) + other.detached(text + "more");
    testing::internal::CaptureStderr();
    EXPECT_FALSE(verify_detached(text, by_both, ring_of(other)));
    std::fprintf(stderr, "ours");
    std::fflush(stderr);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "ours");
}

TEST(OpenPgp, AChangedTextIsNotSigned) {
    SigningKey key;
    auto changed = key.cleartext(text);
    changed.replace(changed.find("stable"), 6, "sneaky");
    expect_error(verify_cleartext(changed, ring_of(key)), ErrorCode::integrity, HasSubstr("does not match the text"));
    expect_error(verify_detached(text + " ", key.detached(text), ring_of(key)), ErrorCode::integrity,
                 HasSubstr("does not match the text"));
}

TEST(OpenPgp, OnlyTheSignedBlockMayStandInTheFile) {
    SigningKey key;
    auto good = key.cleartext(text);
    auto put = [&](std::string_view before, std::string_view what) {
        auto out = good;
        out.insert(out.find(before), what);
        return out;
    };
    struct {
        std::string file;
        const char* why;
    } cases[] = {
        {"Suite: other\n" + good, ":1: it does not begin with"},
        {"\n" + good, ":1: it does not begin with"},
        {good + "Suite: other\n", "text after the signature"},
        {good + good, "text after the signature"},
        {put("Hash:", "Comment: x\n"), "another header than Hash"},
        {put("Hash:", "Suite: other\n"), "another header than Hash"},
        {put("last line", "-----BEGIN PGP SIGNED MESSAGE-----\n"), "is not escaped"},
        {put("last line", "-x\n"), "is not escaped"},
        {put("last line", "a\rb\n"), "control character"},
        {put("last line", std::string("a\0b\n", 4)), "control character"},
        {put("-----END PGP SIGNATURE", "-----BEGIN PGP SIGNATURE-----\n"), "a second block"},
        {good.substr(0, good.find("last line")), "was it cut?"},
        {good.substr(0, good.find("-----END PGP SIGNATURE")), "was it cut?"},
        {"", "does not begin with"},
        {"<!DOCTYPE html>\n<html>", "looks like an HTML page"},
        {"-----BEGIN PGP SIGNED MESSAGE-----\n", "ends before the signed text"},
    };
    for (const auto& c : cases)
        expect_error(verify_cleartext(c.file, ring_of(key)), ErrorCode::format, HasSubstr(c.why));
}

TEST(OpenPgp, BlankEndsOfLinesAreNotSignedAndNotRead) {
    SigningKey key;
    auto blanks = key.cleartext(text);
    blanks.insert(blanks.find("\nSuite"), " \t");
    auto verified = verify_cleartext(blanks, ring_of(key));
    ASSERT_OK(verified);
    EXPECT_EQ(verified->text, text);
}

TEST(OpenPgp, UnreadableSignaturesAndKeyringsAreErrors) {
    SigningKey key;
    Keyring junk;
    junk.add("junk.gpg", "this is no keyring");
    expect_error(verify_cleartext(key.cleartext(text), junk), ErrorCode::format, HasSubstr("'junk.gpg'"));
    expect_error(verify_detached(text, "junk", ring_of(key)), ErrorCode::format, HasSubstr("Release"));
    expect_error(verify_detached(text, "", ring_of(key)), ErrorCode::format, HasSubstr("Release"));
    EXPECT_EQ(Keyring::load(std::vector<std::filesystem::path>{"/nowhere.gpg"}).error().code, ErrorCode::not_found);
    auto empty = verify_cleartext(key.cleartext(text), Keyring());
    EXPECT_EQ(empty.error().code, ErrorCode::integrity);
}
