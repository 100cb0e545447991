#include "advisory/match.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "advisory/codec.h"
#include "advisory/lifecycle.h"
#include "advisory/ranges.h"
#include "advisory/rate.h"
#include "advisory/worlds.h"
#include "base/text.h"

namespace pith::advisory {

using inventory::Inventory;

namespace {

std::chrono::sys_days day_of(std::string_view date) {
    auto number = [&](std::size_t at, std::size_t size) {
        return static_cast<unsigned>(parse_number(date.substr(at, size)).value_or(1));
    };
    return std::chrono::year_month_day(std::chrono::year(static_cast<int>(number(0, 4))),
                                       std::chrono::month(number(5, 2)), std::chrono::day(number(8, 2)));
}

// "CVE-…" before "GHSA-…" before any other.
int rank_of(std::string_view id) { return id.starts_with("CVE-") ? 0 : id.starts_with("GHSA-") ? 1 : 2; }

Findings begin(const Inventory& inventory, const std::string& as_of) {
    Findings out;
    out.image = inventory.name;
    if (inventory.digest) out.digest = inventory.digest->text();
    out.distribution = stream_of(inventory.distribution);
    out.as_of = as_of;
    for (const auto& package : inventory.packages)
        out.packages.push_back({package.type,
                                package.name,
                                package.version,
                                package.architecture,
                                package.source,
                                package.source_version,
                                package.purl,
                                package.evidence,
                                Verdict::clean,
                                {}});
    return out;
}

class Matcher {
public:
    Matcher(const Inventory& inventory, Database& database, const MatchOptions& options)
        : m_inventory(inventory), m_database(database), m_options(options), m_out(begin(inventory, options.as_of)) {
        m_out.database = database.identity();
        m_out.feeds = database.feeds();
    }

    Result<Findings> run() {
        TRY(look_at_whole());
        for (std::size_t i = 0; i < m_inventory.packages.size(); ++i) TRY(look_at(i));
        for (const auto& feed : m_used) check_age(m_database.feeds()[feed]);
        for (auto& [reason, count] : m_unknown) m_out.gaps.push_back({reason, count});
        TRY(rate(m_out, m_database));
        settle(m_out);
        return std::move(m_out);
    }

private:
    Result<> look_at_whole() {
        const auto& distribution = m_inventory.distribution;
        auto type = package_type_of(distribution);
        bool own = std::ranges::any_of(m_inventory.packages, [&](const auto& each) { return each.type == type; });
        if (m_inventory.packages.empty())
            m_out.gaps.push_back({"there are no package facts: no package database, no packages of languages", 0});
        else if (!type.empty() && !own)
            m_out.gaps.push_back(
                {fmt::format("it is {}, but has no {} package database", m_out.distribution, type), 0});
        for (const auto& each : m_inventory.unread)
            m_out.gaps.push_back({fmt::format("not read: {}: {}", printable(each.path), printable(each.what)), 0});
        if (type.empty() || !own) return {};
        if (auto end = TRY(end_of_life(m_database, m_out.distribution, m_options.as_of)); !end.empty())
            m_out.gaps.push_back({std::move(end), 0});
        return {};
    }

    Result<> look_at(std::size_t index) {
        auto query = query_of(m_inventory.packages[index], m_inventory.distribution);
        if (query.skipped) return {};
        if (!query.unknown.empty()) return unknown(index, query.unknown);
        bool covered = false, whole = false, named = false;
        std::size_t first = m_out.findings.size();
        for (const auto& stream : m_database.streams()) {
            if (stream.name != query.stream) continue;
            covered = true;
            m_used.insert(stream.feed);
            auto blob = TRY(m_database.claims(stream, query.key));
            named |= !blob.empty();
            whole |= !is_partial(stream);
            TRY(read_claims(index, query, m_database.feeds()[stream.feed], blob));
        }
        join(first);
        if (!covered) return unknown(index, fmt::format("no feed covers {}", query.stream));
        if (!whole && !named)
            return unknown(index, fmt::format("not named by the feeds of {}, which are partial", query.stream));
        return {};
    }

    // Alpine publishes a feed for each of its repositories.
    bool is_partial(const Stream& stream) const {
        if (m_database.feeds()[stream.feed].partial) return true;
        if (!stream.name.starts_with("alpine:") || m_database.feeds()[stream.feed].format != "secdb") return false;
        return std::ranges::none_of(m_database.streams(),
                                    [&](const Stream& each) { return each.name == stream.name + "/community"; });
    }

    Result<> unknown(std::size_t index, std::string reason) {
        m_out.packages[index].verdict = Verdict::unknown;
        ++m_unknown[reason];
        m_out.packages[index].reason = std::move(reason);
        return {};
    }

    Result<> read_claims(std::size_t index, const Query& query, const Feed& feed, std::string_view blob) {
        auto compare = order_of(query.stream);
        if (!compare || blob.empty()) return {};
        ClaimReader reader(blob);
        Claim claim;
        while (!reader.at_end()) {
            TRY(reader.next(claim));
            if (claim.state == State::not_affected) {
                ++m_out.not_affected;
                if (m_options.with_not_affected) add(index, query, feed, claim, {"no version", {}});
            } else if (auto held = holds(claim, query.version, compare, query.stream)) {
                add(index, query, feed, claim, *held);
            }
        }
        return {};
    }

    void add(std::size_t index, const Query& query, const Feed& feed, const Claim& claim, const Held& held) {
        const auto& package = m_inventory.packages[index];
        Finding out;
        out.package = index;
        out.id = claim.id;
        out.aliases.assign(claim.aliases.begin(), claim.aliases.end());
        out.state = claim.state;
        out.reason = claim.reason;
        out.fixed = held.fixed;
        if (!out.fixed.empty() && out.state == State::affected) out.state = State::fix_available;
        out.rating.severity = claim.severity;
        if (claim.severity != Severity::unknown) out.rating.source = feed.name;
        out.rating.score = claim.score;
        out.evidence = {query.stream, query.key, query.version,   held.constraint,
                        feed.name,    feed.date, package.evidence};
        if (auto reason = narrowed(package, m_inventory); !reason.empty() && out.state != State::not_affected) {
            out.state = State::not_affected;
            out.reason = std::move(reason);
            ++m_out.not_affected;
            if (!m_options.with_not_affected) return;
        }
        m_out.findings.push_back(std::move(out));
    }

    // Findings of one package under different names are one, if the names meet: the first feed's, and the fix of any.
    void join(std::size_t first) {
        auto& all = m_out.findings;
        std::map<std::string, std::size_t> by_name;
        std::vector<Finding> joined;
        for (std::size_t i = first; i < all.size(); ++i) {
            auto names = all[i].aliases;
            names.push_back(all[i].id);
            std::optional<std::size_t> at;
            for (const auto& name : names)
                if (auto known = by_name.find(name); known != by_name.end()) at = known->second;
            if (!at) {
                at = joined.size();
                joined.push_back(std::move(all[i]));
            } else {
                absorb(joined[*at], all[i]);
            }
            for (const auto& name : names) by_name[name] = *at;
        }
        for (auto& each : joined) order_names(each);
        all.resize(first);
        std::ranges::move(joined, std::back_inserter(all));
    }

    static void absorb(Finding& finding, const Finding& other) {
        finding.aliases.push_back(other.id);
        finding.aliases.insert(finding.aliases.end(), other.aliases.begin(), other.aliases.end());
        bool better = finding.state == State::not_affected
                          ? other.state != State::not_affected
                          : other.state == State::fix_available && finding.state != State::fix_available;
        if (better) {
            finding.state = other.state;
            finding.reason = other.reason;
            finding.fixed = other.fixed;
            finding.evidence = other.evidence;
        }
        if (finding.rating.severity < other.rating.severity) finding.rating = other.rating;
    }

    static void order_names(Finding& finding) {
        auto names = std::move(finding.aliases);
        names.push_back(finding.id);
        std::ranges::sort(names, {},
                          [](const std::string& name) { return std::pair(rank_of(name), std::string_view(name)); });
        names.erase(std::ranges::unique(names).begin(), names.end());
        finding.id = names.front();
        finding.aliases.assign(names.begin() + 1, names.end());
    }

    void check_age(const Feed& feed) {
        auto days = days_between(feed.date, m_options.as_of);
        if (days <= static_cast<int>(m_options.most_days)) return;
        m_out.gaps.push_back({fmt::format("the feed '{}' is of {}, {} days before {}; up to {} are taken for current",
                                          feed.name, feed.date, days, m_options.as_of, m_options.most_days),
                              0});
    }

    const Inventory& m_inventory;
    Database& m_database;
    const MatchOptions& m_options;
    Findings m_out;
    std::set<std::size_t> m_used;                  // feeds that were asked
    std::map<std::string, std::size_t> m_unknown;  // reason → packages
};

}  // namespace

int days_between(std::string_view from, std::string_view to) {
    return static_cast<int>((day_of(to) - day_of(from)).count());
}

Result<Findings> match(const Inventory& inventory, Database& database, const MatchOptions& options) {
    return Matcher(inventory, database, options).run();
}

Findings unmatched(const Inventory& inventory, const std::string& as_of, const std::string& reason) {
    auto out = begin(inventory, as_of);
    out.gaps.push_back({reason, out.packages.size()});
    for (auto& package : out.packages) {
        package.verdict = Verdict::unknown;
        package.reason = reason;
    }
    settle(out);
    return out;
}

}  // namespace pith::advisory
