#include "advisory/feeds/feed_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "advisory/codec.h"
#include "base/text.h"

namespace pith::advisory {

namespace {

constexpr std::size_t most_text = 1024, most_prose = 200, most_list = 100'000;
constexpr std::uint64_t most_claims = 20'000'000, most_facts = 5'000'000, most_streams = 100'000;

constexpr std::string_view earliest =
    "1999-01-01";  // the year of the first CVE; some feeds write 0001-01-01 for "unknown"

// At most `most_prose` bytes, and no half character at the end.
std::string_view cut(std::string_view prose) {
    if (prose.size() <= most_prose) return prose;
    auto end = most_prose;
    while (end > 0 && (static_cast<unsigned char>(prose[end]) & 0xC0) == 0x80) --end;
    return prose.substr(0, end);
}

bool is_short(std::string_view text) { return text.size() <= most_text; }

bool is_bounded(const Claim& claim) {
    return is_short(claim.id) && claim.aliases.size() <= most_list && claim.ranges.size() <= most_list &&
           claim.versions.size() <= most_list && std::ranges::all_of(claim.aliases, is_short) &&
           std::ranges::all_of(claim.versions, is_short) && std::ranges::all_of(claim.ranges, [](const Range& range) {
               return is_short(range.introduced) && is_short(range.fixed) && is_short(range.last_affected);
           });
}

}  // namespace

bool is_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    auto year = parse_number(text.substr(0, 4)), month = parse_number(text.substr(5, 2)),
         day = parse_number(text.substr(8, 2));
    if (!year || !month || !day) return false;
    return std::chrono::year_month_day(std::chrono::year(static_cast<int>(*year)),
                                       std::chrono::month(static_cast<unsigned>(*month)),
                                       std::chrono::day(static_cast<unsigned>(*day)))
        .ok();
}

FeedData::Map<std::string>& FeedData::stream_at(std::string_view stream) {
    if (m_last.second && m_last.first == stream) return *m_last.second;
    m_last = {std::string(stream), &m_streams[std::string(stream)]};
    return *m_last.second;
}

Result<> FeedData::add(std::string_view stream, std::string_view package, Claim claim) {
    if (stream.empty() || package.empty() || claim.id.empty() || !is_short(stream) || !is_short(package) ||
        !is_bounded(claim)) {
        skip("without a name, or with one over 1 KiB");
        return {};
    }
    if (++m_claims > most_claims)
        return fail(ErrorCode::limit, fmt::format("it makes more than {} claims", most_claims));
    claim.reason = cut(claim.reason);
    auto& packages = stream_at(stream);
    if (m_streams.size() > most_streams)
        return fail(ErrorCode::limit, fmt::format("it has more than {} streams", most_streams));
    auto found = packages.find(package);
    if (found == packages.end()) found = packages.emplace(package, std::string()).first;
    append_claim(found->second, claim);
    return {};
}

Result<> FeedData::add_unclear(std::string_view stream, std::string_view package, Claim claim, std::string_view why) {
    skip(why);
    auto reason = fmt::format("what the publisher says cannot be taken in: {}", why);
    claim.state = State::under_investigation;
    claim.reason = reason;
    claim.ranges = {{}};
    return add(stream, package, std::move(claim));
}

Result<> FeedData::add(std::string_view id, const Fact& fact) {
    if (id.empty() || !is_short(id)) {
        skip("without a name, or with one over 1 KiB");
        return {};
    }
    if (m_facts.size() == most_facts)
        return fail(ErrorCode::limit, fmt::format("it has facts on more than {} vulnerabilities", most_facts));
    Fact bounded = fact;
    bounded.summary = cut(fact.summary);
    bounded.severity_source = cut(fact.severity_source);
    m_facts.try_emplace(std::string(id), encode_fact(bounded));
    return {};
}

void FeedData::date(std::string_view text) {
    auto day = text.substr(0, 10);
    if (is_date(day) && day > earliest && day > m_date) m_date = day;
}

}  // namespace pith::advisory
