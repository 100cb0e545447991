// Wolfi's event files against the secdb made from them: the same fixed and not-affected answers, and more that are
// open.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "advisory/feeds/open_feed.h"
#include "unit/advisory/feeds.h"

namespace pith::advisory {
namespace {

using namespace pith::test;

// "PACKAGE ID" → "fixed VERSION" and "not affected", each name of a vulnerability on its own as secdb has them.
std::map<std::string, std::set<std::string>> answers(const FeedData& data, std::size_t& open) {
    std::map<std::string, std::set<std::string>> out;
    for (const auto& [package, blob] : data.claims().at("wolfi")) {
        ClaimReader reader(blob);
        Claim claim;
        while (!reader.at_end() && reader.next(claim)) {
            bool fixed = !claim.ranges.empty() && !claim.ranges[0].fixed.empty();
            if (!fixed && claim.state != State::not_affected) ++open;
            if (!fixed && claim.state != State::not_affected) continue;
            auto names = claim.aliases;
            names.push_back(claim.id);
            for (auto name : names)
                if (!name.starts_with("CGA-"))
                    out[package + " " + std::string(name)].insert(fixed ? "fixed " + std::string(claim.ranges[0].fixed)
                                                                        : "not affected");
        }
    }
    return out;
}

TEST(Wolfi, EventsGiveWhatSecdbGivesAndTheOpenOnesBesides) {
    auto events_file = shared("advisories/wolfi/wolfi-advisories.tar.zst");
    auto secdb_file = shared("advisories/wolfi/security.json.zst");
    PITH_NEED(events_file && secdb_file, "../shared/data");
    auto events = feeds::open_file(*events_file, {}), secdb = feeds::open_file(*secdb_file, {});
    ASSERT_OK(events);
    ASSERT_OK(secdb);
    std::size_t open = 0, none = 0;
    auto from_events = answers(events->data, open), from_secdb = answers(secdb->data, none);
    EXPECT_GT(from_secdb.size(), 30'000u);
    EXPECT_EQ(none, 0u);
    EXPECT_GT(open, 4'000u);
    std::set<std::string> left_out;
    for (const auto& [name, answer] : from_secdb) {
        // The data leaves out two packages' event files (SOURCE.md), not their rows in the secdb.
        if (!events->data.claims().at("wolfi").contains(name.substr(0, name.find(' ')))) {
            left_out.insert(name.substr(0, name.find(' ')));
            continue;
        }
        auto found = from_events.find(name);
        ASSERT_NE(found, from_events.end()) << name;
        EXPECT_EQ(found->second, answer) << name;
    }
    EXPECT_LE(left_out.size(), 2u);
    for (const auto& [name, answer] : from_events) EXPECT_TRUE(from_secdb.contains(name)) << name;
}

}  // namespace
}  // namespace pith::advisory
