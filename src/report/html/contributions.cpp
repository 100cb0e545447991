#include "report/html/contributions.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace pith::report {

namespace {

using Key = std::pair<std::string, std::string>;  // type and name of a source

void add(const advisory::Findings& findings, BySeverity Contribution::* side, std::map<Key, Contribution>& out) {
    std::map<std::pair<Key, std::string>, advisory::Severity> worst;
    for (const auto& finding : findings.findings) {
        if (!finding.open()) continue;
        const auto& package = findings.packages[finding.package];
        auto& severity = worst[{{package.type, package.source}, finding.id}];
        severity = std::max(severity, finding.rating.severity);
    }
    for (const auto& [what, severity] : worst) {
        auto& one = out[what.first];
        one.source = what.first.second;
        ++(one.*side)[static_cast<std::size_t>(severity)];
    }
}

}  // namespace

std::vector<Contribution> contributions_of(const advisory::Findings* before, const advisory::Findings& after) {
    std::map<Key, Contribution> by_source;
    if (before) add(*before, &Contribution::before, by_source);
    add(after, &Contribution::after, by_source);
    std::vector<Contribution> out;
    for (auto& [key, one] : by_source) out.push_back(std::move(one));
    std::ranges::stable_sort(out, [](const Contribution& a, const Contribution& b) {
        return std::tuple(sum_of(a.before), sum_of(a.after)) > std::tuple(sum_of(b.before), sum_of(b.after));
    });
    return out;
}

}  // namespace pith::report
