// OSV records, schema 1.x (ossf.github.io/osv-schema), one JSON document each: Go, PyPI, npm, Maven, crates.io, Ubuntu,
// AlmaLinux, Rocky Linux and others.
//
// GIT ranges are not read: packages have versions. A distribution's advisory on several CVEs becomes a claim on each;
// one that names none is counted as skipped, since most of those repair other faults. Withdrawn records are counted as
// well.
#include <algorithm>

#include "advisory/cvss.h"
#include "advisory/feeds/json.h"
#include "advisory/feeds/osv_ranges.h"
#include "advisory/feeds/readers.h"
#include "advisory/streams.h"

namespace pith::advisory::feeds {

namespace {

using Texts = std::vector<std::string_view>;

struct Rating {
    Severity severity = Severity::unknown;
    std::uint8_t score = 0;
};

struct Affected {
    std::string_view name, ecosystem;
    std::vector<Event> events;
    std::vector<std::size_t> range_ends;  // where each range's events end
    Texts versions;
    Rating rating;
};

struct Record {
    std::string_view id, withdrawn, modified, summary;
    Texts aliases, related, upstream;
    Rating rating;
    std::vector<Affected> affected;
};

Texts texts_of(json::value value) {
    Texts out;
    if (value.type() != json::json_type::array) return out;
    for (auto each : value.get_array()) out.push_back(text_of(each.value()));
    return out;
}

// [{"type": "CVSS_V3", "score": VECTOR}], or {"type": "Ubuntu", "score": WORD}.
Rating read_severity(json::value value) {
    Rating out;
    if (value.type() != json::json_type::array) return out;
    for (auto each : value.get_array()) {
        std::string_view score;
        for (auto field : each.get_object())
            if (raw_key(field) == "score") score = text_of(field.value());
        auto computed = cvss_score(score);
        if (computed && *computed > out.score) out.score = *computed;
        if (!computed && out.severity == Severity::unknown) out.severity = severity_of(score);
    }
    if (out.severity == Severity::unknown) out.severity = severity_of_score(out.score);
    return out;
}

// {"severity": "HIGH"} of GitHub's and others' own members.
void read_specific(json::value value, Rating& rating) {
    if (value.type() != json::json_type::object) return;
    for (auto field : value.get_object()) {
        if (raw_key(field) != "severity") continue;
        json::value word = field.value();
        if (word.type() != json::json_type::string) continue;
        if (auto severity = severity_of(text_of(word)); severity != Severity::unknown) rating.severity = severity;
    }
}

void read_range(json::object range, Affected& out) {
    bool git = false;
    std::vector<Event> events;
    for (auto field : range) {
        auto key = raw_key(field);
        if (key == "type") git = text_of(field.value()) == "GIT";
        if (key != "events") continue;
        for (auto event : field.value().get_array())
            for (auto member : event.get_object()) {
                auto kind = raw_key(member);
                if (auto known = event_kind(kind)) events.push_back({*known, text_of(member.value())});
            }
    }
    if (git) return;
    out.events.insert(out.events.end(), events.begin(), events.end());
    out.range_ends.push_back(out.events.size());
}

Affected read_affected(json::object object) {
    Affected out;
    for (auto field : object) {
        auto key = raw_key(field);
        if (key == "package")
            for (auto member : field.value().get_object()) {
                auto part = raw_key(member);
                if (part == "name") out.name = text_of(member.value());
                if (part == "ecosystem") out.ecosystem = text_of(member.value());
            }
        else if (key == "ranges")
            for (auto range : field.value().get_array()) read_range(range.get_object(), out);
        else if (key == "versions")
            out.versions = texts_of(field.value());
        else if (key == "severity")
            out.rating = read_severity(field.value());
        else if (key == "ecosystem_specific" || key == "database_specific")
            read_specific(field.value(), out.rating);
    }
    return out;
}

Record read_record(json::object object) {
    Record out;
    Rating specific;
    for (auto field : object) {
        auto key = raw_key(field);
        for (auto [name, place] : {std::pair{"id", &out.id},
                                   {"withdrawn", &out.withdrawn},
                                   {"modified", &out.modified},
                                   {"summary", &out.summary}})
            if (key == name) *place = text_of(field.value());
        for (auto [name, place] :
             {std::pair{"aliases", &out.aliases}, {"related", &out.related}, {"upstream", &out.upstream}})
            if (key == name) *place = texts_of(field.value());
        if (key == "severity") out.rating = read_severity(field.value());
        if (key == "database_specific") read_specific(field.value(), specific);
        if (key == "affected" && field.value().type() == json::json_type::array)
            for (auto each : field.value().get_array()) out.affected.push_back(read_affected(each.get_object()));
    }
    if (specific.severity != Severity::unknown) out.rating.severity = specific.severity;
    return out;
}

bool is_cve(std::string_view id) { return id.starts_with("CVE-"); }

// The CVEs that a distribution's advisory is about, each once.
Texts cves_of(const Record& record) {
    Texts out;
    for (const auto* list : {&record.aliases, &record.upstream, &record.related})
        std::ranges::copy_if(*list, std::back_inserter(out), is_cve);
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

// "Important: kernel security update", as Red Hat's heirs write it.
Severity severity_of_title(std::string_view title) { return severity_of(title.substr(0, title.find(':'))); }

// Whether all of them make sense; what does is taken in.
bool add_ranges(const Affected& affected, std::string_view stream, Claim& claim, FeedData& out) {
    bool sound = true;
    std::size_t begin = 0;
    for (auto end : affected.range_ends) {
        auto events = std::span(affected.events).subspan(begin, end - begin);
        if (!append_ranges(events, stream, claim.ranges)) {
            out.skip("impossible ranges");
            sound = false;
        }
        begin = end;
    }
    return sound;
}

Result<> add_affected(const Record& record, const Affected& affected, const Texts& cves, FeedData& out) {
    auto stream = osv_stream(affected.ecosystem);
    if (stream.empty()) {
        out.skip("of ecosystems that are not read");
        return {};
    }
    bool distribution = stream.find(':') != stream.npos;
    auto rating = affected.rating.severity == Severity::unknown ? record.rating : affected.rating;
    if (rating.severity == Severity::unknown && distribution) rating.severity = severity_of_title(record.summary);
    Claim claim{.id = record.id,
                .aliases = record.aliases,
                .reason = {},
                .severity = rating.severity,
                .score = rating.score,
                .ranges = {},
                .versions = affected.versions};
    bool sound = add_ranges(affected, stream, claim, out);
    if (!sound && claim.ranges.empty() && claim.versions.empty()) {
        // Something is said of the package, so it is not clean.
        claim.state = State::under_investigation;
        claim.reason = "the publisher's range of versions is impossible";
        claim.ranges.push_back({});
    }
    if (claim.ranges.empty() && claim.versions.empty()) {
        out.skip("without versions");
        return {};
    }
    auto key = package_key(stream, affected.name);
    if (!distribution || is_cve(record.id)) return out.add(stream, key, std::move(claim));
    if (cves.empty()) out.skip("advisories of a distribution that name no CVE");
    for (auto cve : cves) {
        claim.id = cve;
        claim.aliases = {record.id};
        TRY(out.add(stream, key, claim));
    }
    return {};
}

}  // namespace

Result<> read_osv(const Document& document, FeedData& out) {
    return read_json(document, [&](json::document& parsed) -> Result<> {
        auto record = read_record(parsed.get_object());
        out.count_record();
        out.date(record.modified);
        if (!record.withdrawn.empty()) {
            out.skip("withdrawn");
            return {};
        }
        auto cves = cves_of(record);
        for (const auto& affected : record.affected) TRY(add_affected(record, affected, cves, out));
        if (record.summary.empty()) return {};
        Fact fact;
        fact.summary = record.summary;
        return out.add(record.id, fact);
    });
}

}  // namespace pith::advisory::feeds
