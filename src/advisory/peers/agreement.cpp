#include "advisory/peers/agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "advisory/streams.h"
#include "base/text.h"

namespace pith::advisory {

namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

std::string key_of(const ReportedPackage& package) {
    return package.type + "\n" + package_key(package.type, package.name);
}

const std::string& source_of(const ReportedPackage& package) {
    return package.source.empty() ? package.name : package.source;
}

// One report, and where its parts are found.
struct Side {
    explicit Side(const Report& from) : report(from), partner(from.findings.size(), none) {
        for (std::size_t i = 0; i < report.packages.size(); ++i) packages[key_of(report.packages[i])].push_back(i);
        for (std::size_t i = 0; i < report.findings.size(); ++i)
            for (const auto& name : names_of(report.findings[i])) by_name[name].push_back(i);
    }
    [[nodiscard]] static std::vector<std::string> names_of(const ReportedFinding& finding) {
        auto out = finding.aliases;
        out.push_back(finding.id);
        return out;
    }
    [[nodiscard]] const ReportedPackage& package_of(std::size_t finding) const {
        return report.packages[report.findings[finding].package];
    }

    const Report& report;
    std::vector<std::size_t> partner;  // by finding
    std::map<std::string, std::vector<std::size_t>> packages;
    std::map<std::string, std::vector<std::size_t>> by_name;
};

bool same_version(const ReportedPackage& a, const ReportedPackage& b) {
    return key_of(a) == key_of(b) && a.version == b.version;
}
bool same_name(const ReportedPackage& a, const ReportedPackage& b) { return key_of(a) == key_of(b); }
bool related(const ReportedPackage& a, const ReportedPackage& b) {
    return package_key("pypi", a.name) == package_key("pypi", b.name) || source_of(a) == source_of(b);
}

// From what must be alike to what may be.
constexpr bool (*ways[])(const ReportedPackage&, const ReportedPackage&) = {same_version, same_name, related};

void pair_up(Side& ours, Side& theirs, bool (*alike)(const ReportedPackage&, const ReportedPackage&)) {
    for (std::size_t i = 0; i < ours.partner.size(); ++i) {
        for (const auto& name : Side::names_of(ours.report.findings[i])) {
            if (ours.partner[i] != none) break;
            auto found = theirs.by_name.find(name);
            if (found == theirs.by_name.end()) continue;
            for (auto j : found->second) {
                if (theirs.partner[j] != none || !alike(ours.package_of(i), theirs.package_of(j))) continue;
                ours.partner[i] = j;
                theirs.partner[j] = i;
                break;
            }
        }
    }
}

bool same_severity(Severity ours, Severity theirs, const Report& a, const Report& b) {
    auto seen = [&](Severity each) {
        bool coarse = !a.has_negligible || !b.has_negligible;
        return coarse && each == Severity::negligible ? Severity::low : each;
    };
    return seen(ours) == seen(theirs);
}

bool same_state(const ReportedFinding& ours, const ReportedFinding& theirs) {
    if (ours.states.empty() || theirs.states.empty()) return ours.state == theirs.state;
    return std::ranges::any_of(ours.states, [&](State each) { return std::ranges::count(theirs.states, each) > 0; });
}

std::string state_of(const ReportedFinding& finding) {
    if (!finding.hidden.empty()) return finding.hidden;
    return finding.state + (finding.fixed.empty() ? "" : " (" + finding.fixed + ")");
}

// The first kind that applies.
void judge(Pair& pair, const Side& a, const Side& b) {
    const auto &ours = *pair.ours, &theirs = *pair.theirs;
    const auto &package = a.report.packages[ours.package], &other = b.report.packages[theirs.package];
    if (!same_name(package, other)) {
        pair.kind = Disagreement::name;
        pair.detail = fmt::format("ours in {}, theirs in {}", package.name, other.name);
        if (package.name == other.name) pair.detail = fmt::format("ours is {}, theirs {}", package.type, other.type);
    } else if (package.version != other.version) {
        pair.kind = Disagreement::version;
        pair.detail = fmt::format("ours {}, theirs {}", package.version, other.version);
    } else if (ours.hidden.empty() != theirs.hidden.empty() || !same_state(ours, theirs)) {
        pair.kind = Disagreement::state;
        pair.detail = fmt::format("ours {}, theirs {}", state_of(ours), state_of(theirs));
    } else if (!same_severity(ours.severity, theirs.severity, a.report, b.report)) {
        pair.kind = Disagreement::severity;
        pair.detail = fmt::format("ours {}, theirs {}", to_text(ours.severity), to_text(theirs.severity));
    }
}

// What a report says of a package whose finding it has not: nothing, another version, or not this vulnerability.
struct Known {
    const ReportedPackage* same = nullptr;
    std::string other_version;
};

Known known_to(const Side& side, const ReportedPackage& package) {
    Known out;
    auto found = side.packages.find(key_of(package));
    if (found == side.packages.end()) return out;
    for (auto each : found->second) {
        const auto& known = side.report.packages[each];
        if (known.version == package.version)
            out.same = &known;
        else
            out.other_version = known.version;
    }
    return out;
}

void explain_ours(Pair& pair, const ReportedPackage& package, const Side& theirs) {
    auto known = known_to(theirs, package);
    pair.kind = Disagreement::unknown_to_theirs;
    if (known.same) {
        pair.detail = "theirs lists the package without it";
    } else if (!known.other_version.empty()) {
        pair.kind = Disagreement::version;
        pair.detail = fmt::format("ours {}, theirs {}", package.version, known.other_version);
    } else {
        pair.detail = theirs.report.whole ? "theirs does not list the package" : "theirs finds nothing in the package";
    }
}

Result<> explain_theirs(Pair& pair, const ReportedPackage& package, const Side& ours, const Explain& explain) {
    auto known = known_to(ours, package);
    pair.kind = Disagreement::unknown_to_ours;
    if (!known.same && !known.other_version.empty()) {
        pair.kind = Disagreement::version;
        pair.detail = fmt::format("ours {}, theirs {}", known.other_version, package.version);
        return {};
    }
    if (!known.same) {
        pair.detail = ours.report.whole ? "ours does not list the package" : "ours finds nothing in the package";
        return {};
    }
    if (!known.same->unknown.empty()) {
        pair.detail = known.same->unknown;
        return {};
    }
    auto said = explain ? TRY(explain(*known.same, *pair.theirs)) : std::string();
    if (!said.empty()) pair.kind = Disagreement::state;
    pair.detail = !said.empty() ? fmt::format("ours: {}; theirs {}", said, state_of(*pair.theirs))
                  : explain     ? "no advisory of ours names it"
                                : "ours lists the package without it";
    return {};
}

auto order_of(const Pair& pair, const Side& ours, const Side& theirs) {
    const auto& finding = pair.ours ? *pair.ours : *pair.theirs;
    const auto& package = (pair.ours ? ours : theirs).report.packages[finding.package];
    return std::tie(package.name, package.version, finding.id, package.type);
}

}  // namespace

std::string_view to_text(Disagreement kind) {
    constexpr std::array<std::string_view, disagreements> names = {
        "name", "version", "state", "severity", "no facts at ours", "no facts at theirs"};
    return names[static_cast<std::size_t>(kind)];
}

Result<Agreement> compare(const Report& first, const Report& second, const Explain& explain) {
    Side ours(first), theirs(second);
    for (auto way : ways) pair_up(ours, theirs, way);
    Agreement out;
    for (std::size_t i = 0; i < first.findings.size(); ++i) {
        Pair pair{&first.findings[i], nullptr, {}, {}};
        if (ours.partner[i] != none) {
            pair.theirs = &second.findings[ours.partner[i]];
            if (!pair.ours->hidden.empty() && !pair.theirs->hidden.empty()) continue;
            judge(pair, ours, theirs);
        } else if (pair.ours->hidden.empty()) {
            explain_ours(pair, ours.package_of(i), theirs);
        } else {
            continue;
        }
        out.pairs.push_back(std::move(pair));
    }
    for (std::size_t i = 0; i < second.findings.size(); ++i) {
        if (theirs.partner[i] != none || !second.findings[i].hidden.empty()) continue;
        Pair pair{nullptr, &second.findings[i], {}, {}};
        TRY(explain_theirs(pair, theirs.package_of(i), ours, explain));
        out.pairs.push_back(std::move(pair));
    }
    std::ranges::stable_sort(
        out.pairs, [&](const Pair& a, const Pair& b) { return order_of(a, ours, theirs) < order_of(b, ours, theirs); });
    for (const auto& pair : out.pairs) {
        bool both = pair.ours && pair.theirs && pair.ours->hidden.empty() && pair.theirs->hidden.empty();
        out.both += both;
        pair.kind ? ++out.kinds[static_cast<std::size_t>(*pair.kind)] : ++out.agreed;
    }
    return out;
}

}  // namespace pith::advisory
