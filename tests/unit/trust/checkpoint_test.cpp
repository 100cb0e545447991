// Signed notes: whose signature counts.
#include "trust/log/checkpoint.h"

#include <gmock/gmock.h>

#include <fmt/format.h>

#include "base/base64.h"
#include "unit/trust/keys.h"

namespace pith::trust {
namespace {

using testing::HasSubstr;

const std::string root = to_base64(Bytes(32, std::byte{7}));

Log own_log() {
    Bytes id(32, std::byte{1});
    return {"log.example", id, id, test::own_key().public_key(), {}};
}

std::string signature(const std::string& text, const std::string& name, const PrivateKey& key, std::byte hint) {
    Bytes bytes(4, hint);
    append(bytes, *key.sign(as_bytes(text)));
    return fmt::format("\u2014 {} {}\n", name, to_base64(bytes));
}

std::string by_log(const std::string& text, const std::string& name = "log.example") {
    return signature(text, name, test::own_key(), std::byte{1});
}
std::string by_witness(const std::string& text, const std::string& name = "witness.example") {
    return signature(text, name, test::other_key(), std::byte{2});
}

std::string fault(const std::string& note) {
    auto checkpoint = read_checkpoint(note);
    if (!checkpoint) return checkpoint.error().text();
    auto verified = verify_checkpoint(*checkpoint, own_log());
    return verified ? "holds" : verified.error().text();
}

}  // namespace

TEST(Checkpoint, IsSignedByTheLogWhereverThatStands) {
    auto text = "log.example\n12\n" + root + "\n";
    EXPECT_EQ(fault(text + "\n" + by_log(text)), "holds");
    EXPECT_EQ(fault(text + "\n" + by_witness(text) + by_log(text) + by_witness(text)), "holds");
    auto longer = text + "Timestamp: 1\n";
    EXPECT_EQ(fault(longer + "\n" + by_log(longer)), "holds");
    auto with_tree = "log.example - 123\n12\n" + root + "\n";
    EXPECT_EQ(fault(with_tree + "\n" + by_log(with_tree)), "holds");

    const char* none = "no signature of the checkpoint is by the log";
    EXPECT_THAT(fault(text + "\n" + by_witness(text)), HasSubstr(none));
    EXPECT_THAT(fault(text + "\n" + by_log(text, "other.example")), HasSubstr(none));
    EXPECT_THAT(fault(text + "\n" + by_log(longer)), HasSubstr(none));
    EXPECT_THAT(fault(text + "\n" + signature(text, "log.example", test::own_key(), std::byte{2})), HasSubstr(none));
    EXPECT_THAT(fault(text + "\n" + signature(text, "log.example", test::other_key(), std::byte{1})), HasSubstr(none));
}

TEST(Checkpoint, MustBeWhole) {
    auto text = "log.example\n12\n" + root + "\n";
    auto sign = [](const std::string& body) { return body + "\n" + by_log(body); };
    EXPECT_THAT(fault(""), HasSubstr("no signatures"));
    EXPECT_THAT(fault(text), HasSubstr("no signatures"));
    EXPECT_THAT(fault(text + "\n"), HasSubstr("no signature"));
    EXPECT_THAT(fault(sign("12\n" + root + "\n")), HasSubstr("origin, size and root hash"));
    EXPECT_THAT(fault(sign("log.example\n" + root + "\n")), HasSubstr("origin, size and root hash"));
    EXPECT_THAT(fault(sign("log.example\n-1\n" + root + "\n")), HasSubstr("origin, size and root hash"));
    EXPECT_THAT(fault(sign("log.example\n12\nAAAA\n")), HasSubstr("origin, size and root hash"));
    auto note = sign(text);
    EXPECT_THAT(fault(note.substr(0, note.size() - 1)), HasSubstr("no signatures"));
    EXPECT_THAT(fault(note + "more\n"), HasSubstr("is none"));
    EXPECT_THAT(fault(note + "\u2014 name AAAA\n"), HasSubstr("key hint and a signature"));
    EXPECT_THAT(fault(note + "\u2014 name\n"), HasSubstr("key hint and a signature"));
    for (int i = 0; i < 64; ++i) note += by_witness(text);
    EXPECT_THAT(fault(note), HasSubstr("more than 64 signatures"));
}

}  // namespace pith::trust
