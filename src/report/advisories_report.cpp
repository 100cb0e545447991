#include "report/advisories_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "advisory/match.h"
#include "base/text.h"
#include "report/table.h"

namespace pith::report {

using advisory::Database;
using advisory::Feed;
using advisory::Outcome;
using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t most_streams = 6;

std::uint64_t skipped(const Feed& feed) {
    std::uint64_t out = 0;
    for (const auto& [reason, count] : feed.skipped) out += count;
    return out;
}

std::string age(const Feed& feed, const std::string& as_of) {
    return advisory::is_date(feed.date) ? fmt::format("{} d", advisory::days_between(feed.date, as_of)) : "?";
}

// The streams of a feed with their packages, "debian:12 (129)".
std::string covered(const Database& database, std::size_t feed) {
    std::vector<std::string> out;
    std::size_t more = 0;
    for (const auto& stream : database.streams()) {
        if (stream.feed != feed || stream.name.find('/') != std::string::npos) continue;
        if (out.size() < most_streams)
            out.push_back(fmt::format("{} ({})", printable(stream.name), stream.packages));
        else
            ++more;
    }
    if (more) out.push_back(fmt::format("{} more", more));
    return join(out, ", ");
}

}  // namespace

std::string to_text(const std::vector<Outcome>& outcomes) {
    constexpr std::array kinds = {"updated", "unchanged", "failed"};
    std::vector<std::vector<std::string>> rows;
    for (const auto& outcome : outcomes) {
        const auto& feed = outcome.feed;
        rows.push_back({printable(feed.name), kinds[static_cast<std::size_t>(outcome.kind)], printable(feed.format),
                        printable(feed.date), fmt::format("{}", feed.records), fmt::format("{}", skipped(feed)),
                        feed.partial ? "partial" : ""});
    }
    return table({{"feed"}, {""}, {"format"}, {"date"}, {"records", true}, {"skipped", true}, {""}}, rows);
}

std::string status_text(const Database& database, const std::string& as_of) {
    std::vector<std::vector<std::string>> rows;
    std::string details;
    for (std::size_t i = 0; i < database.feeds().size(); ++i) {
        const auto& feed = database.feeds()[i];
        rows.push_back({printable(feed.name), printable(feed.format), printable(feed.date), age(feed, as_of),
                        printable(feed.digest.substr(0, 19)), feed.partial ? "partial" : "", printable(feed.source)});
        details += fmt::format("{}: {} records", printable(feed.name), feed.records);
        if (auto streams = covered(database, i); !streams.empty()) details += "; packages of " + streams;
        details += "\n";
        for (const auto& [reason, count] : feed.skipped)
            details += fmt::format("  skipped {}: {}\n", count, printable(reason));
    }
    return table({{"feed"}, {"format"}, {"date"}, {"age", true}, {"digest"}, {""}, {"source"}}, rows) + "\n" + details +
           fmt::format("identity: {}\n", database.identity());
}

std::string status_json(const Database& database, const std::string& as_of) {
    json out = {{"identity", database.identity()}, {"asOf", as_of}, {"feeds", json::array()}};
    for (std::size_t i = 0; i < database.feeds().size(); ++i) {
        const auto& feed = database.feeds()[i];
        json entry = {{"name", printable(feed.name)},     {"format", printable(feed.format)},
                      {"source", printable(feed.source)}, {"date", printable(feed.date)},
                      {"digest", printable(feed.digest)}, {"partial", feed.partial},
                      {"records", feed.records}};
        if (advisory::is_date(feed.date)) entry["ageDays"] = advisory::days_between(feed.date, as_of);
        entry["skipped"] = json::object();
        for (const auto& [reason, count] : feed.skipped) entry["skipped"][printable(reason)] = count;
        entry["streams"] = json::object();
        for (const auto& stream : database.streams())
            if (stream.feed == i) entry["streams"][printable(stream.name)] = stream.packages;
        out["feeds"].push_back(std::move(entry));
    }
    return out.dump(2) + "\n";
}

}  // namespace pith::report
