// What a reader takes from a feed, gathered and bounded: claims by stream and package, facts by vulnerability,
// releases.
//
// A stream is a world of versions: "debian:12", "alpine:3.18", "wolfi", "go", "npm". What cannot be taken in is counted
// under its reason, never dropped silently. Limits: texts of 1 KiB (reasons and summaries are cut to 200 bytes),
// 20,000,000 claims, 5,000,000 facts, 100,000 streams. Thread-safety: an object belongs to one thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "advisory/model.h"
#include "base/result.h"

namespace pith::advisory {

class FeedData {
public:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    template <class T>
    using Map = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

    // A feed covers a stream even where it says nothing of any package of it.
    void cover(std::string_view stream) { (void)stream_at(stream); }
    [[nodiscard]] Result<> add(std::string_view stream, std::string_view package, Claim claim);
    // Of what is said of a package no sense can be made: that is counted as skipped, and the package is not clean.
    [[nodiscard]] Result<> add_unclear(std::string_view stream, std::string_view package, Claim claim,
                                       std::string_view why);
    // The first fact on a vulnerability stays.
    [[nodiscard]] Result<> add(std::string_view id, const Fact& fact);
    void add(Release release) { m_releases.push_back(std::move(release)); }
    void count_record() { ++m_records; }
    void skip(std::string_view reason) { ++m_skipped[std::string(reason)]; }
    // The day that the feed speaks of: the latest that is said. What is no date at the beginning does not count.
    void date(std::string_view text);

    [[nodiscard]] const std::map<std::string, Map<std::string>>& claims() const { return m_streams; }
    [[nodiscard]] const Map<std::string>& facts() const { return m_facts; }
    [[nodiscard]] const std::vector<Release>& releases() const { return m_releases; }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& skipped() const { return m_skipped; }
    [[nodiscard]] std::uint64_t records() const { return m_records; }
    [[nodiscard]] const std::string& date() const { return m_date; }
    // Nothing was found that a reader could take in.
    [[nodiscard]] bool empty() const { return m_streams.empty() && m_facts.empty() && m_releases.empty(); }

private:
    Map<std::string>& stream_at(std::string_view stream);

    std::map<std::string, Map<std::string>> m_streams;  // → package → claims
    std::pair<std::string, Map<std::string>*> m_last;   // the stream of the claim before
    Map<std::string> m_facts;
    std::vector<Release> m_releases;
    std::map<std::string, std::uint64_t> m_skipped;
    std::uint64_t m_records = 0, m_claims = 0;
    std::string m_date;
};

// "2026-11-24", and a day that there is.
[[nodiscard]] bool is_date(std::string_view text);

}  // namespace pith::advisory
