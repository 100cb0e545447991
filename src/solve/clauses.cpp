#include "solve/clauses.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace pith::solve {
namespace {

// How many pairs of candidates are compared, for dependencies and for conflicts. All packages of trixie have
// 360,000 relations together; a request reaches a small part of them.
constexpr std::size_t most_pairs = 5'000'000;

class Maker {
public:
    Maker(Candidates& candidates, const std::vector<Candidate>* only) : m_candidates(candidates), m_limited(only) {
        if (only) m_only.insert(only->begin(), only->end());
    }
    void add_asked(const std::vector<std::vector<Candidate>>& asked) {
        for (const auto& choices : asked) m_clauses.asked.push_back(reach(choices));
    }
    void add_needs();
    void add_forbidden(const std::vector<pkg::Relation>& conflicts);
    void add_clashes();
    Result<Clauses> finish() &&;

private:
    [[nodiscard]] bool is_real(Candidate candidate) const { return m_candidates[candidate].stand_in == StandIn::no; }
    std::vector<Candidate> reach(std::vector<Candidate> found);
    void add_clashes_of(Candidate by, const std::vector<pkg::Relation>& relations, bool breaks);

    Candidates& m_candidates;
    bool m_limited;
    std::unordered_set<Candidate> m_only, m_reached;
    std::unordered_map<std::string, std::vector<Candidate>> m_bearing;  // real ones, by names borne and provided
    Clauses m_clauses;
    std::size_t m_pairs = 0;
};

std::vector<Candidate> Maker::reach(std::vector<Candidate> found) {
    m_pairs += found.size();
    if (m_limited) std::erase_if(found, [&](Candidate c) { return !m_only.contains(c); });
    for (auto candidate : found)
        if (m_reached.insert(candidate).second) m_clauses.candidates.push_back(candidate);
    return found;
}

void Maker::add_needs() {
    for (std::size_t i = 0; i < m_clauses.candidates.size() && m_pairs <= most_pairs; ++i) {
        auto by = m_clauses.candidates[i];
        const auto& package = m_candidates[by].package;
        for (const auto* groups : {&package.pre_depends, &package.depends})
            for (const auto& group : *groups)
                m_clauses.needs.push_back({by, &group, reach(m_candidates.satisfying(by, group, Versions::all))});
    }
}

void Maker::add_forbidden(const std::vector<pkg::Relation>& conflicts) {
    for (auto candidate : m_clauses.candidates)
        for (const auto& relation : conflicts)
            if (is_real(candidate) && m_candidates.matches(candidate, relation))
                m_clauses.forbidden.push_back(candidate);
}

void Maker::add_clashes() {
    for (auto candidate : m_clauses.candidates) {
        if (!is_real(candidate)) continue;
        const auto& package = m_candidates[candidate].package;
        m_bearing[package.name].push_back(candidate);
        for (const auto& provide : package.provides)
            if (auto& list = m_bearing[provide.name]; list.empty() || list.back() != candidate)
                list.push_back(candidate);
    }
    for (auto candidate : m_clauses.candidates) {
        if (!is_real(candidate)) continue;
        add_clashes_of(candidate, m_candidates[candidate].package.conflicts, false);
        add_clashes_of(candidate, m_candidates[candidate].package.breaks, true);
    }
}

void Maker::add_clashes_of(Candidate by, const std::vector<pkg::Relation>& relations, bool breaks) {
    for (const auto& relation : relations) {
        auto found = m_bearing.find(relation.name);
        if (found == m_bearing.end()) continue;
        m_pairs += found->second.size();
        if (m_pairs > most_pairs) return;
        for (auto with : found->second)
            // The versions of one package are apart anyhow, and it may conflict with what it provides.
            if (m_candidates[with].package.name != m_candidates[by].package.name &&
                m_candidates.matches(with, relation))
                m_clauses.clashes.push_back({by, with, &relation, breaks});
    }
}

Result<Clauses> Maker::finish() && {
    if (m_pairs > most_pairs)
        return fail(ErrorCode::limit, fmt::format("the packages within reach of the request have over {} "
                                                  "dependencies and conflicts between them",
                                                  most_pairs));
    return std::move(m_clauses);
}

}  // namespace

Result<Clauses> clauses_of(Candidates& candidates, const std::vector<std::vector<Candidate>>& asked,
                           const std::vector<pkg::Relation>& conflicts, const std::vector<Candidate>* only) {
    Maker maker(candidates, only);
    maker.add_asked(asked);
    maker.add_needs();
    maker.add_forbidden(conflicts);
    maker.add_clashes();
    return std::move(maker).finish();
}

}  // namespace pith::solve
