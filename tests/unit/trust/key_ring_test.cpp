// Rings of keys: what they accept, and that a key outside its time verifies nothing.
#include "trust/key_ring.h"

#include <gmock/gmock.h>

#include "unit/trust/keys.h"

namespace pith::trust {
namespace {

using testing::HasSubstr;

Result<std::string> key_file(const std::string& name) {
    if (name == "own.pub") return test::own_key().public_key().pem();
    if (name == "other.pub") return test::other_key().public_key().pem();
    if (name == "half.pub") return test::own_key().public_key().pem().substr(0, 60);
    return fail(ErrorCode::not_found, "there is no file '" + name + "'");
}

std::string fault(std::string_view text) {
    auto ring = parse_key_ring(text, "ring.yaml", key_file);
    return ring ? "read" : ring.error().text();
}

std::vector<Time> at(const char* time) { return {*parse_time(time)}; }

}  // namespace

TEST(KeyRing, ReadsKeysWithTheirTimes) {
    auto ring = parse_key_ring(
        "keys:\n"
        "- {key: own.pub, from: 2026-01-01, until: 2026-12-31, name: release}\n"
        "- key: other.pub\n"
        "  until: 2026-06-30T12:00:00Z\n",
        "ring.yaml", key_file);
    ASSERT_OK(ring);
    ASSERT_EQ(ring->keys.size(), 2U);
    EXPECT_EQ(ring->keys[0].name, "release");
    EXPECT_EQ(to_text(ring->keys[0].valid), "from 2026-01-01T00:00:00Z until 2026-12-31T23:59:59.999Z");
    EXPECT_EQ(ring->keys[1].name, "other.pub");
    EXPECT_EQ(to_text(ring->keys[1].valid), "until 2026-06-30T12:00:00Z");
}

TEST(KeyRing, IsAKeyAloneToo) {
    auto ring = parse_key_ring(test::own_key().public_key().pem(), "own.pub", key_file);
    ASSERT_OK(ring);
    EXPECT_EQ(ring->keys[0].name, "own.pub");
    EXPECT_EQ(to_text(ring->keys[0].valid), "always");
    std::string in_place = "keys:\n- key: |\n";
    auto pem = test::own_key().public_key().pem();
    for (std::size_t i = 0; i < pem.size(); i = pem.find('\n', i) + 1)
        in_place += "    " + pem.substr(i, pem.find('\n', i) + 1 - i);
    auto inline_ring = parse_key_ring(in_place, "ring.yaml", key_file);
    ASSERT_OK(inline_ring);
    EXPECT_EQ(inline_ring->keys[0].key, test::own_key().public_key());
}

TEST(KeyRing, NamesWhatIsWrongAndWhere) {
    for (auto [text, message] : {
             std::pair{"", "neither a PEM public key nor a key ring"},
             {"keys: []", "neither"},
             {"keys: own.pub", "neither"},
             {"keys: [{key: own.pub}]\nmore: 1", "neither"},
             {"keys:\n- own.pub", "ring.yaml:2: a key should be a mapping"},
             {"keys:\n- {name: x}", "ring.yaml:2: 'key' is missing"},
             {"keys:\n- {key: own.pub, untill: 2026-01-01}", "no 'untill'"},
             {"keys:\n- {key: own.pub, until: soon}", "'soon' is not a time"},
             {"keys:\n- {key: own.pub, from: 2026-02-01, until: 2026-01-01}", "'until' is before 'from'"},
             {"keys:\n- {key: own.pub, key: other.pub}", "key"},
             {"keys:\n- {key: half.pub}", "ring.yaml:2: key 'half.pub': its PEM block"},
             {"keys:\n- {key: missing.pub}", "no file 'missing.pub'"},
             {"keys:\n- {key: ''}", "not empty"},
             {"keys: [", "read as a key ring"},
         })
        EXPECT_THAT(fault(text), HasSubstr(message)) << text;
    std::string many = "keys:\n";
    for (int i = 0; i < 257; ++i) many += "- {key: own.pub}\n";
    EXPECT_THAT(fault(many), HasSubstr("more than 256 keys"));
}

TEST(KeyRing, FindsTheKeyThatSigned) {
    auto ring = *parse_key_ring("keys: [{key: other.pub}, {key: own.pub}]", "ring.yaml", key_file);
    auto message = as_bytes("message");
    auto signature = *test::own_key().sign(message);
    auto found = signer(ring, [&](const PublicKey& key) { return key.verify(message, signature); });
    ASSERT_OK(found);
    EXPECT_EQ((*found)->name, "own.pub");
    auto none = signer(ring, [&](const PublicKey& key) { return key.verify(as_bytes("another"), signature); });
    EXPECT_THAT(none.error().text(), HasSubstr("any of the 2 keys"));
}

TEST(KeyRing, HoldsAKeyToItsTime) {
    auto ring = *parse_key_ring("keys: [{key: own.pub, from: 2026-01-01, until: 2026-06-30}]", "ring.yaml", key_file);
    const auto& key = ring.keys[0];
    EXPECT_OK(check_valid(key, at("2026-01-01"), false));
    EXPECT_OK(check_valid(key, at("2026-06-30T23:59:59Z"), true));
    auto late = check_valid(key, at("2026-07-01"), false);
    EXPECT_EQ(late.error().code, ErrorCode::integrity);
    EXPECT_THAT(late.error().text(), HasSubstr("no verified timestamp proves that it was used then"));
    EXPECT_THAT(check_valid(key, at("2025-12-31"), true).error().text(), HasSubstr("this was signed at 2025-12-31"));
    auto both = at("2026-03-01");
    both.push_back(*parse_time("2026-07-01"));
    EXPECT_FALSE(check_valid(key, both, true));
}

}  // namespace pith::trust
