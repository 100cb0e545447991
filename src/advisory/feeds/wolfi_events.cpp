// Wolfi's advisory files, one YAML file a package, in which the latest event of an advisory is its state
// (chainguard.dev's advisory schema 2.0.2; wolfi-dev/advisories):
//   package: {name}, advisories: [{id: CGA-…, aliases: […], events: [{timestamp, type, data}]}]
// Of two events with one timestamp the later in the file counts. Unlike secdb, what is open is there too.
#include <algorithm>
#include <array>

#include "advisory/feeds/json.h"
#include "advisory/feeds/readers.h"
#include "advisory/order.h"
#include "base/yaml.h"

namespace pith::advisory::feeds {

namespace {

struct Meaning {
    std::string_view type;
    State state;
    std::string_view reason;  // where the event gives none
};
constexpr auto meanings = std::to_array<Meaning>(
    {{"detection", State::under_investigation, "a scanner detected it; nobody has judged it yet"},
     {"true-positive-determination", State::affected, ""},
     {"pending-upstream-fix", State::deferred, "waits for a fix of the upstream project"},
     {"fix-not-planned", State::wont_fix, "no fix is planned"},
     {"analysis-not-planned", State::wont_fix, "no analysis is planned"},
     {"false-positive-determination", State::not_affected, ""},
     {"fixed", State::affected, ""}});

std::string_view text_at(const yaml::Node& node, std::string_view key) {
    const auto* found = node.find(key);
    return found ? std::string_view(found->scalar) : std::string_view();
}

const yaml::Node* latest(const yaml::Node& advisory) {
    const auto* events = advisory.find("events");
    const yaml::Node* out = nullptr;
    if (!events) return out;
    for (const auto& event : events->items)
        if (!out || text_at(event, "timestamp") >= text_at(*out, "timestamp")) out = &event;
    return out;
}

std::string reason_of(const yaml::Node& event, const Meaning& meaning) {
    const auto* data = event.find("data");
    if (!data) return std::string(meaning.reason);
    auto type = text_at(*data, "type"), note = text_at(*data, "note");
    auto out = std::string(meaning.state == State::not_affected ? type : "");
    if (!out.empty() && !note.empty()) out += ": ";
    out += note;
    return out.empty() ? std::string(meaning.reason) : out;
}

// The name that all know: of a CVE before one of GitHub's, before Chainguard's own.
Claim named(const yaml::Node& advisory) {
    Claim out;
    out.id = text_at(advisory, "id");
    const auto* aliases = advisory.find("aliases");
    if (!aliases) return out;
    for (const auto& each : aliases->items) out.aliases.push_back(each.scalar);
    for (auto& alias : out.aliases) {
        if (!alias.starts_with("CVE-")) continue;
        std::swap(alias, out.id);
        break;
    }
    return out;
}

Result<> read_advisory(std::string_view package, const yaml::Node& advisory, FeedData& out) {
    const auto* event = latest(advisory);
    const auto* meaning = event ? std::ranges::find(meanings, text_at(*event, "type"), &Meaning::type) : meanings.end();
    auto claim = named(advisory);
    if (meaning == meanings.end())
        return out.add_unclear("wolfi", package, std::move(claim), "without an event that is known here");
    out.date(text_at(*event, "timestamp"));
    auto reason = reason_of(*event, *meaning);
    claim.state = meaning->state;
    claim.reason = reason;
    if (meaning->type == "fixed") {
        const auto* data = event->find("data");
        auto version = data ? text_at(*data, "fixed-version") : std::string_view();
        if (!is_version("wolfi", version))
            return out.add_unclear("wolfi", package, std::move(claim), "fixed without a version");
        claim.ranges.push_back({{}, version, {}});
    } else if (claim.state != State::not_affected) {
        claim.ranges.emplace_back();
    }
    return out.add("wolfi", package, std::move(claim));
}

}  // namespace

Result<> read_wolfi_events(const Document& document, FeedData& out) {
    TRY(check_last_line(document));
    auto parsed = TRY(yaml::parse(as_text(document.bytes), document.name));
    const auto *package = parsed.find("package"), *advisories = parsed.find("advisories");
    if (!package || !advisories) return fail(ErrorCode::format, "it has no package, or no advisories");
    out.cover("wolfi");
    for (const auto& advisory : advisories->items) {
        out.count_record();
        TRY(read_advisory(text_at(*package, "name"), advisory, out));
    }
    return {};
}

}  // namespace pith::advisory::feeds
