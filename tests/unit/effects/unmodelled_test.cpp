#include "compose/effects/unmodelled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compose/effects/model.h"
#include "support/support.h"

using namespace pith;
using namespace pith::compose;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

const std::string old_text =
    "#!/bin/sh\nset -e\n\n# make its folder\nif [ \"$1\" = configure ]; then\n\tmkdir -p /var/lib/tool\n"
    "\tchown tool:tool /var/lib/tool\nfi\n\nexit 0\n";
const std::string new_text =
    "#!/bin/sh\nset -e\n\n# make its folder\nif [ \"$1\" = configure ]; then\n\tmkdir -p /var/lib/tool\n"
    "\tchmod 4755 /usr/bin/tool\n\techo \x1b[31mdone\nfi\n\nexit 0\n"
    "# Automatically added by dh_installinit/13\nupdate-rc.d tool defaults\n# End automatically added section\n";

MaintainerScript postinst(std::string text) { return {"tool", "tools", "2.0-1", "amd64", "postinst", std::move(text)}; }

std::string row_of(const ScriptPart& part) {
    std::string out = part.digest.hex() + "\t";
    for (auto line : line_digests(part)) {
        Bytes bytes{std::byte(line >> 24), std::byte(line >> 16 & 0xff), std::byte(line >> 8 & 0xff),
                    std::byte(line & 0xff)};
        out += to_hex(bytes);
    }
    return out + "\n";
}

// What is said of `text` by a model that knows `old_text`.
std::string message_for(const std::string& text) {
    test::Scratch scratch;
    auto known = normalise(postinst(old_text))->remainder;
    test::spit(scratch / "tools.yaml", "source: tools\nscripts:\n  - script: tool.postinst\n    remainder: " +
                                           known.digest.hex() + "\n    none: x\n");
    test::spit(scratch / "line-digests.tsv", row_of(known));
    auto modelled = EffectsModel::load(scratch.path())->effects_of(postinst(text));
    EXPECT_FALSE(modelled);
    return modelled ? "" : modelled.error().message + "\n";
}

}  // namespace

TEST(Unmodelled, ShowsTheChangedLine) { test::expect_golden("effects/unmodelled-changed.txt", message_for(new_text)); }

TEST(Unmodelled, ShowsAScriptThatIsNew) {
    std::string text = "#!/bin/sh\n";
    for (int i = 0; i < 100; ++i) text += "echo " + std::to_string(i) + "\n";
    auto script = postinst(text);
    script.script = "preinst";
    auto modelled = EffectsModel::built_in()->effects_of(script);
    ASSERT_FALSE(modelled);
    test::expect_golden("effects/unmodelled-new.txt", modelled.error().message + "\n");
}

TEST(Unmodelled, HostileTextIsMadeVisible) {
    EXPECT_THAT(message_for("#!/bin/sh\n\x1b]0;x\x07 \xff\n"), HasSubstr("\\x1b]0;x\\x07 \\xff"));
    EXPECT_LT(message_for("#!/bin/sh\n" + std::string(500'000, 'x') + "\n").size(), 5000u);
    std::string many;
    for (int i = 0; i < 15'000; ++i) many += std::to_string(i) + "\n";
    EXPECT_LT(message_for(many).size(), 20'000u);
}

TEST(Difference, FindsTheLeastChange) {
    auto added = [](std::vector<LineDigest> before, std::vector<LineDigest> after) {
        return difference(before, after).added;
    };
    auto removed = [](std::vector<LineDigest> before, std::vector<LineDigest> after) {
        return difference(before, after).removed;
    };
    EXPECT_THAT(added({1, 2, 3}, {1, 2, 3}), IsEmpty());
    EXPECT_THAT(removed({1, 2, 3}, {1, 2, 3}), IsEmpty());
    EXPECT_THAT(added({1, 2, 3}, {1, 9, 2, 3}), ElementsAre(1));
    EXPECT_THAT(removed({1, 9, 2, 3}, {1, 2, 3}), ElementsAre(1));
    EXPECT_THAT(added({1, 2, 3, 4, 5}, {1, 3, 9, 4, 6, 5}), ElementsAre(2, 4));
    EXPECT_THAT(removed({1, 2, 3, 4, 5}, {1, 3, 9, 4, 6, 5}), ElementsAre(1));
    EXPECT_THAT(added({}, {1, 2}), ElementsAre(0, 1));
    EXPECT_THAT(removed({1, 1, 1}, {1}), ElementsAre(1, 2));
}

TEST(Difference, IsBounded) {
    std::vector<LineDigest> before(20'000), after(20'000);
    for (std::size_t i = 0; i < before.size(); ++i)
        before[i] = static_cast<LineDigest>(i), after[i] = static_cast<LineDigest>(i + 50'000);
    before[0] = after[0];
    auto found = difference(before, after);
    EXPECT_EQ(found.added.size(), 19'999u);
    EXPECT_EQ(found.removed.size(), 19'999u);
}
