// Small feeds and databases for tests.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "advisory/codec.h"
#include "advisory/database.h"
#include "advisory/feeds/readers.h"
#include "base/digest.h"
#include "support/support.h"

namespace pith::test {

// A claim on one line: "CVE-1 [ALIAS] affected high >= 1, < 2; < 1 (reason)".
inline std::string text_of(const advisory::Claim& claim) {
    std::string out(claim.id);
    for (auto alias : claim.aliases) out += " " + std::string(alias);
    out += " " + std::string(advisory::to_text(claim.state));
    if (claim.severity != advisory::Severity::unknown) out += " " + std::string(advisory::to_text(claim.severity));
    for (const auto& range : claim.ranges)
        out += " [" + std::string(range.introduced) + " " + std::string(range.fixed) + " " +
               std::string(range.last_affected) + "]";
    for (auto version : claim.versions) out += " =" + std::string(version);
    if (!claim.reason.empty()) out += " (" + std::string(claim.reason) + ")";
    return out;
}

// "STREAM PACKAGE: CLAIM", sorted.
inline std::vector<std::string> lines_of(const advisory::FeedData& data) {
    std::vector<std::string> out;
    for (const auto& [stream, packages] : data.claims())
        for (const auto& [package, blob] : packages) {
            advisory::ClaimReader reader(blob);
            advisory::Claim claim;
            while (!reader.at_end() && reader.next(claim))
                out.push_back(stream + " " + package + ": " + text_of(claim));
        }
    std::ranges::sort(out);
    return out;
}

// What the format that is recognised makes of a text.
inline Result<advisory::FeedData> read_feed(std::string_view text, std::string_view name = "feed") {
    const auto* format = advisory::feeds::recognise(text);
    if (!format) return fail(ErrorCode::unsupported, "not recognised");
    advisory::FeedData out;
    TRY(format->read({name, as_bytes(text)}, out));
    return out;
}

// Writes a database of these texts, a feed each with its name and date.
struct SmallFeed {
    std::string name, text, date = "2026-11-20";
    bool partial = false;
};
inline Result<advisory::Database> database_of(const std::vector<SmallFeed>& feeds, const std::filesystem::path& file) {
    std::vector<advisory::FeedData> data;
    for (const auto& feed : feeds) data.push_back(TRY(read_feed(feed.text, feed.name)));
    std::vector<advisory::FeedToWrite> rows;
    for (std::size_t i = 0; i < feeds.size(); ++i) {
        advisory::Feed feed;
        feed.name = feeds[i].name;
        feed.format = advisory::feeds::recognise(feeds[i].text)->name;
        feed.source = feed.name + ".json";
        feed.digest = sha256(feeds[i].text).text();
        feed.date = feeds[i].date;
        feed.partial = feeds[i].partial;
        feed.records = data[i].records();
        feed.skipped = data[i].skipped();
        rows.push_back({feed, &data[i]});
    }
    TRY(advisory::write_database(file, std::move(rows)));
    return advisory::Database::open(file);
}

}  // namespace pith::test
