// The Debian security tracker's JSON (security-tracker.debian.org, "data/json"):
//   {SOURCE: {ID: {"releases": {CODENAME: {"status", "fixed_version", "urgency", "nodsa", "nodsa_reason", …}}}}}
// Versions are of source packages. "fixed_version": "0" is "not affected"; "nodsa" and its reason say that no advisory
// is planned (security-team.debian.org/security_tracker.html, "Issues not warranting a security advisory").
#include <array>

#include "advisory/feeds/json.h"
#include "advisory/feeds/readers.h"
#include "advisory/order.h"
#include "advisory/streams.h"

namespace pith::advisory::feeds {

namespace {

struct Entry {
    std::string_view status, fixed, urgency, nodsa, nodsa_reason;
};

Entry read_entry(json::object object) {
    Entry out;
    for (auto field : object) {
        auto key = raw_key(field);
        for (auto [name, place] : {std::pair{"status", &out.status},
                                   {"fixed_version", &out.fixed},
                                   {"urgency", &out.urgency},
                                   {"nodsa", &out.nodsa},
                                   {"nodsa_reason", &out.nodsa_reason}})
            if (key == name) *place = text_of(field.value());
    }
    return out;
}

// "not yet assigned" and "end-of-life" are no severities.
Severity severity_of_urgency(std::string_view urgency) {
    // "medium**" is how older entries mark a guess.
    while (urgency.ends_with('*')) urgency.remove_suffix(1);
    return severity_of(urgency);
}

void set_state(const Entry& entry, Claim& claim) {
    claim.reason = entry.nodsa;
    if (entry.status == "undetermined")
        claim.state = State::under_investigation;
    else if (entry.nodsa_reason == "postponed")
        claim.state = State::deferred;
    else if (!entry.nodsa.empty() || entry.nodsa_reason == "ignored" || entry.urgency == "end-of-life")
        claim.state = State::wont_fix;
    if (entry.urgency == "end-of-life" && claim.reason.empty()) claim.reason = "end of life";
}

Result<> add_entry(std::string_view source, std::string_view id, std::string_view codename, const Entry& entry,
                   FeedData& out) {
    bool resolved = entry.status == "resolved";
    Claim claim{.id = id,
                .aliases = {},
                .reason = {},
                .severity = severity_of_urgency(entry.urgency),
                .ranges = {},
                .versions = {}};
    auto stream = debian_stream(codename);
    if (!resolved && entry.status != "open" && entry.status != "undetermined")
        return out.add_unclear(stream, source, std::move(claim), "of an unknown status");
    if (resolved && !is_version(stream, entry.fixed))
        return out.add_unclear(stream, source, std::move(claim), "resolved without a version");
    if (resolved && entry.fixed == "0") {
        claim.state = State::not_affected;
        claim.reason = "no version in this release was ever affected";
    } else {
        if (!resolved) set_state(entry, claim);
        claim.ranges.push_back({{}, resolved ? entry.fixed : std::string_view(), {}});
    }
    return out.add(stream, source, std::move(claim));
}

}  // namespace

Result<> read_debian_tracker(const Document& document, FeedData& out) {
    return read_json(document, [&](json::document& tracker) -> Result<> {
        for (auto source : tracker.get_object()) {
            std::string_view source_name = source.unescaped_key();
            out.count_record();
            for (auto issue : source.value().get_object()) {
                std::string_view id = issue.unescaped_key();
                for (auto member : issue.value().get_object()) {
                    if (raw_key(member) != "releases") continue;
                    for (auto release : member.value().get_object()) {
                        std::string_view codename = release.unescaped_key();
                        TRY(add_entry(source_name, id, codename, read_entry(release.value().get_object()), out));
                    }
                }
            }
        }
        return {};
    });
}

}  // namespace pith::advisory::feeds
