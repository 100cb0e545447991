#include "advisory/rate.h"

#include <algorithm>
#include <array>
#include <map>

#include "advisory/codec.h"

namespace pith::advisory {

namespace {

// The formats that hold facts, the more trusted first.
constexpr auto formats = std::to_array<std::string_view>({"osv", "nvd", "ratings", "kev", "epss"});

std::vector<std::size_t> feeds_with_facts(const Database& database) {
    std::vector<std::size_t> out;
    for (auto format : formats)
        for (std::size_t i = 0; i < database.feeds().size(); ++i)
            if (database.feeds()[i].format == format) out.push_back(i);
    return out;
}

void add(const Fact& fact, const Feed& feed, Rating& rating) {
    if (rating.severity == Severity::unknown && fact.severity != Severity::unknown) {
        rating.severity = fact.severity;
        rating.source = fact.severity_source.empty() ? feed.name : std::string(fact.severity_source);
    }
    if (rating.score == 0) rating.score = fact.score;
    if (rating.epss == 0) {
        rating.epss = fact.epss;
        rating.percentile = fact.percentile;
    }
    if (rating.exploited_since.empty()) rating.exploited_since = fact.exploited_since;
    rating.ransomware |= fact.ransomware;
    if (rating.summary.empty()) rating.summary = fact.summary;
}

// What all feeds say of one vulnerability, asked once however many packages have it.
class Facts {
public:
    explicit Facts(Database& database) : m_database(database), m_feeds(feeds_with_facts(database)) {}

    Result<> add_to(Rating& rating, const std::string& id) {
        auto [found, fresh] = m_known.try_emplace(id);
        if (fresh)
            for (auto feed : m_feeds)
                if (auto blob = TRY(m_database.fact(feed, id)); !blob.empty()) found->second.emplace_back(feed, blob);
        for (const auto& [feed, blob] : found->second) add(TRY(decode_fact(blob)), m_database.feeds()[feed], rating);
        return {};
    }

private:
    Database& m_database;
    std::vector<std::size_t> m_feeds;
    std::map<std::string, std::vector<std::pair<std::size_t, std::string>>> m_known;
};

}  // namespace

Result<> rate(Findings& findings, Database& database) {
    Facts facts(database);
    for (auto& finding : findings.findings) {
        TRY(facts.add_to(finding.rating, finding.id));
        for (const auto& alias : finding.aliases) TRY(facts.add_to(finding.rating, alias));
    }
    return {};
}

}  // namespace pith::advisory
