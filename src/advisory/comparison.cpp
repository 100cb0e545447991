#include "advisory/comparison.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace pith::advisory {

namespace {

using Name = std::pair<std::string, std::string>;  // of a package or its source: type and name

Name name_of(const ScannedPackage& package) { return {package.type, package.name}; }
Name source_of(const ScannedPackage& package) { return {package.type, package.source}; }

bool anything_known(const Findings& findings) {
    return std::ranges::any_of(findings.packages, [](const auto& each) { return each.verdict != Verdict::unknown; });
}

// Sources of which the image has a package that could not be looked up.
std::set<Name> unknown_sources(const Findings& findings) {
    std::set<Name> out;
    for (const auto& package : findings.packages)
        if (package.verdict == Verdict::unknown) out.insert(source_of(package));
    return out;
}

using Sides = std::array<std::vector<std::size_t>, 2>;

template <class Key>
std::map<Key, Sides> group(const Findings& before, const Findings& after, Key (*key)(const Findings&, const Finding&)) {
    std::map<Key, Sides> out;
    for (auto [side, findings] : {std::pair<std::size_t, const Findings*>{0, &before}, {1, &after}})
        for (std::size_t i = 0; i < findings->findings.size(); ++i)
            if (const auto& each = findings->findings[i]; each.open()) out[key(*findings, each)][side].push_back(i);
    return out;
}

}  // namespace

std::string_view to_text(Fate fate) {
    constexpr std::array<std::string_view, 4> names = {"came", "stayed", "unclear", "went"};
    return names[static_cast<std::size_t>(fate)];
}

void Tally::count(Fate fate) {
    before += fate != Fate::came;
    after += fate == Fate::stayed || fate == Fate::came;
    ++(fate == Fate::came ? came : fate == Fate::stayed ? stayed : fate == Fate::unclear ? unclear : went);
}

Comparison compare(const Findings& before, const Findings& after) {
    Comparison out;
    out.known = anything_known(before) && anything_known(after);
    auto unknown = unknown_sources(after);
    auto fate_of = [&](const Sides& sides) {
        if (sides[0].empty()) return Fate::came;
        if (!sides[1].empty()) return Fate::stayed;
        bool unclear = std::ranges::any_of(sides[0], [&](std::size_t i) {
            return unknown.contains(source_of(before.packages[before.findings[i].package]));
        });
        return unclear ? Fate::unclear : Fate::went;
    };
    auto by_id = group<std::string>(before, after, [](const Findings&, const Finding& each) { return each.id; });
    for (auto& [id, sides] : by_id) {
        ComparedVulnerability one{id, Severity::unknown, fate_of(sides), {}, {}};
        for (auto i : sides[0]) one.severity = std::max(one.severity, before.findings[i].rating.severity);
        for (auto i : sides[1]) one.severity = std::max(one.severity, after.findings[i].rating.severity);
        one.before = std::move(sides[0]);
        one.after = std::move(sides[1]);
        out.by_severity[static_cast<std::size_t>(one.severity)].count(one.fate);
        out.all.count(one.fate);
        out.vulnerabilities.push_back(std::move(one));
    }
    using Key = std::pair<std::string, Name>;
    auto by_package = group<Key>(before, after, [](const Findings& findings, const Finding& each) {
        return Key(each.id, name_of(findings.packages[each.package]));
    });
    for (const auto& [key, sides] : by_package) out.findings.count(fate_of(sides));
    std::ranges::stable_sort(out.vulnerabilities, [](const auto& a, const auto& b) {
        return std::tuple(b.severity, a.fate) < std::tuple(a.severity, b.fate);
    });
    return out;
}

std::optional<double> drop_of(const Tally& tally) {
    if (tally.before == 0) return std::nullopt;
    auto left = static_cast<double>(tally.after + tally.unclear);
    return 100.0 * (1.0 - left / static_cast<double>(tally.before));
}

}  // namespace pith::advisory
