#include "solve/clauses.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace pith::solve {
namespace {

// Pre-Depends before Depends, as apt reads them.
template <class Visit>
void each_group(const pkg::Package& package, Visit visit) {
    for (const auto* groups : {&package.pre_depends, &package.depends})
        for (const auto& group : *groups) visit(group);
}

std::vector<Clash> clashes_among(const Candidates& candidates, const std::vector<Candidate>& all) {
    std::unordered_map<std::string, std::vector<Candidate>> bearing;
    for (auto candidate : all) {
        const auto& package = candidates[candidate].package;
        if (candidates[candidate].stand_in != StandIn::no) continue;
        bearing[package.name].push_back(candidate);
        for (const auto& provide : package.provides)
            if (auto& list = bearing[provide.name]; list.empty() || list.back() != candidate) list.push_back(candidate);
    }
    std::vector<Clash> clashes;
    auto add = [&](Candidate by, const std::vector<pkg::Relation>& relations, bool breaks) {
        for (const auto& relation : relations) {
            auto found = bearing.find(relation.name);
            if (found == bearing.end()) continue;
            for (auto with : found->second)
                // Other versions of a package are apart anyhow; it may conflict with what it provides.
                if (candidates[with].package.name != candidates[by].package.name && candidates.matches(with, relation))
                    clashes.push_back({by, with, &relation, breaks});
        }
    };
    for (auto candidate : all) {
        const auto& [id, package, stand_in] = candidates[candidate];
        if (stand_in != StandIn::no) continue;
        add(candidate, package.conflicts, false);
        add(candidate, package.breaks, true);
    }
    return clashes;
}

}  // namespace

Clauses clauses_of(Candidates& candidates, const std::vector<std::vector<Candidate>>& asked,
                   const std::vector<pkg::Relation>& conflicts, const std::vector<Candidate>* only) {
    Clauses clauses;
    std::unordered_set<Candidate> allowed, reached;
    if (only) allowed.insert(only->begin(), only->end());
    auto reach = [&](std::vector<Candidate> found) {
        if (only) std::erase_if(found, [&](Candidate c) { return !allowed.contains(c); });
        for (auto candidate : found)
            if (reached.insert(candidate).second) clauses.candidates.push_back(candidate);
        return found;
    };
    for (const auto& choices : asked) clauses.asked.push_back(reach(choices));
    for (std::size_t i = 0; i < clauses.candidates.size(); ++i) {
        auto by = clauses.candidates[i];
        each_group(candidates[by].package, [&](const pkg::Alternatives& group) {
            clauses.needs.push_back({by, &group, reach(candidates.satisfying(by, group, Versions::all))});
        });
    }
    for (auto candidate : clauses.candidates)
        for (const auto& relation : conflicts)
            if (candidates[candidate].stand_in == StandIn::no && candidates.matches(candidate, relation))
                clauses.forbidden.push_back(candidate);
    clauses.clashes = clashes_among(candidates, clauses.candidates);
    return clauses;
}

}  // namespace pith::solve
