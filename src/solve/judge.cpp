// How clauses become a libsolv pool: a candidate is a solvable of its package's name and version, so that
// libsolv keeps the versions of one name apart and prefers the newer. Need number N is a capability "need N"
// that its candidate requires and those that meet it provide; a request is one in the same way; a clash is a
// conflict with the capability "is N" that only candidate N provides. So what satisfies what is decided by
// pith alone, for every world of packages alike.
#define LIBSOLV_SOLVABLE_PREPEND_DEP  // a field called `requires` is no name in C++20

#include "solve/judge.h"

extern "C" {
#include <solv/pool.h>
#include <solv/queue.h>
#include <solv/repo.h>
#include <solv/solver.h>
}

#include <algorithm>
#include <memory>
#include <unordered_map>

namespace pith::solve {
namespace {

struct Free {
    void operator()(Pool* pool) const { pool_free(pool); }
    void operator()(Solver* solver) const { solver_free(solver); }
};

class Numbers {
public:
    Numbers() { queue_init(&m_queue); }
    ~Numbers() { queue_free(&m_queue); }
    Numbers(const Numbers&) = delete;
    Numbers& operator=(const Numbers&) = delete;
    Queue* operator&() { return &m_queue; }
    [[nodiscard]] std::vector<Id> ids() const { return {m_queue.elements, m_queue.elements + m_queue.count}; }

private:
    Queue m_queue{};
};

class Court {
public:
    Court(const Candidates& candidates, const Clauses& clauses);
    Verdict decide(const std::vector<Candidate>& favoured);

private:
    // A capability of a kind ("need", "asked", "is") and number; `numbers` leads back from it.
    Id capability(const char* kind, std::size_t number) {
        return pool_str2id(m_pool.get(), (std::string(kind) + " " + std::to_string(number)).c_str(), 1);
    }
    void provide(Candidate candidate, Id what) {
        solvable_add_deparray(solvable(candidate), SOLVABLE_PROVIDES, what, 0);
    }
    [[nodiscard]] Solvable* solvable(Candidate candidate) {
        return pool_id2solvable(m_pool.get(), m_ids.at(candidate));
    }
    void add_solvables();
    void add_needs();
    void add_clashes();
    std::vector<Fact> proof(Solver* solver);
    std::optional<Fact> fact(Solver* solver, Id rule);

    const Candidates& m_candidates;
    const Clauses& m_clauses;
    std::unique_ptr<Pool, Free> m_pool;
    std::unordered_map<Candidate, Id> m_ids;
    std::unordered_map<Id, Candidate> m_by_id;
    std::unordered_map<Id, std::size_t> m_asked, m_needs;  // by capability
};

Court::Court(const Candidates& candidates, const Clauses& clauses)
    : m_candidates(candidates), m_clauses(clauses), m_pool(pool_create()) {
    pool_setdisttype(m_pool.get(), DISTTYPE_DEB);
    add_solvables();
    add_needs();
    add_clashes();
    pool_createwhatprovides(m_pool.get());
}

void Court::add_solvables() {
    auto* pool = m_pool.get();
    auto* repo = repo_create(pool, "candidates");
    for (auto candidate : m_clauses.candidates) {
        const auto& package = m_candidates[candidate].package;
        auto id = repo_add_solvable(repo);
        m_ids.emplace(candidate, id);
        m_by_id.emplace(id, candidate);
        auto* added = pool_id2solvable(pool, id);
        // A stand-in is no version of its package: the real one may be in the image for another reason.
        auto name = m_candidates[candidate].stand_in == StandIn::no ? package.name : package.name + " (left out)";
        added->name = pool_str2id(pool, name.c_str(), 1);
        added->evr = pool_str2id(pool, package.version.c_str(), 1);
        added->arch = ARCH_ALL;
        // Every solvable provides itself: that is how libsolv finds the versions of one name.
        provide(candidate, pool_rel2id(pool, added->name, added->evr, REL_EQ, 1));
    }
}

void Court::add_needs() {
    for (std::size_t i = 0; i < m_clauses.asked.size(); ++i) {
        auto what = capability("asked", i);
        m_asked.emplace(what, i);
        for (auto candidate : m_clauses.asked[i]) provide(candidate, what);
    }
    for (std::size_t i = 0; i < m_clauses.needs.size(); ++i) {
        const auto& need = m_clauses.needs[i];
        auto what = capability("need", i);
        m_needs.emplace(what, i);
        solvable_add_deparray(solvable(need.by), SOLVABLE_REQUIRES, what, 0);
        for (auto candidate : need.met_by) provide(candidate, what);
    }
}

void Court::add_clashes() {
    for (const auto& clash : m_clauses.clashes) {
        auto is = capability("is", clash.with);
        provide(clash.with, is);
        solvable_add_deparray(solvable(clash.by), SOLVABLE_CONFLICTS, is, 0);
    }
}

Verdict Court::decide(const std::vector<Candidate>& favoured) {
    Numbers jobs;
    for (std::size_t i = 0; i < m_clauses.asked.size(); ++i)
        queue_push2(&jobs, SOLVER_INSTALL | SOLVER_SOLVABLE_PROVIDES, capability("asked", i));
    for (auto candidate : m_clauses.forbidden) queue_push2(&jobs, SOLVER_ERASE | SOLVER_SOLVABLE, m_ids.at(candidate));
    for (auto candidate : favoured)
        if (auto found = m_ids.find(candidate); found != m_ids.end())
            queue_push2(&jobs, SOLVER_FAVOR | SOLVER_SOLVABLE, found->second);

    std::unique_ptr<Solver, Free> solver(solver_create(m_pool.get()));
    solver_set_flag(solver.get(), SOLVER_FLAG_IGNORE_RECOMMENDED, 1);
    Verdict verdict;
    verdict.possible = solver_solve(solver.get(), &jobs) == 0;
    if (!verdict.possible) {
        verdict.proof = proof(solver.get());
        return verdict;
    }
    Numbers decisions;
    solver_get_decisionqueue(solver.get(), &decisions);
    for (auto id : decisions.ids())
        if (auto found = m_by_id.find(id); found != m_by_id.end()) verdict.chosen.push_back(found->second);
    std::sort(verdict.chosen.begin(), verdict.chosen.end());
    return verdict;
}

// Of the first problem: one is enough to act on.
std::vector<Fact> Court::proof(Solver* solver) {
    Numbers rules;
    solver_findallproblemrules(solver, solver_next_problem(solver, 0), &rules);
    auto ids = rules.ids();
    std::sort(ids.begin(), ids.end());
    std::vector<Fact> facts;
    for (auto rule : ids)
        if (auto found = fact(solver, rule)) facts.push_back(*found);
    return facts;
}

std::optional<Fact> Court::fact(Solver* solver, Id rule) {
    Id from = 0, to = 0, dependency = 0;
    switch (solver_ruleinfo(solver, rule, &from, &to, &dependency)) {
        case SOLVER_RULE_JOB:
        case SOLVER_RULE_JOB_NOTHING_PROVIDES_DEP:
            if (auto found = m_asked.find(dependency); found != m_asked.end())
                return Fact{.kind = Fact::Kind::asked, .index = found->second};
            if (auto found = m_by_id.find(dependency); found != m_by_id.end())
                return Fact{.kind = Fact::Kind::forbidden, .by = found->second};
            return std::nullopt;
        case SOLVER_RULE_PKG_REQUIRES:
        case SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP:
            return Fact{.kind = Fact::Kind::needs, .index = m_needs.at(dependency)};
        case SOLVER_RULE_PKG_SAME_NAME:
            return Fact{.kind = Fact::Kind::one_name, .by = m_by_id.at(from), .with = m_by_id.at(to)};
        case SOLVER_RULE_PKG_CONFLICTS: {
            auto by = m_by_id.at(from), with = m_by_id.at(to);
            auto found = std::find_if(m_clauses.clashes.begin(), m_clauses.clashes.end(),
                                      [&](const Clash& clash) { return clash.by == by && clash.with == with; });
            if (found == m_clauses.clashes.end()) return std::nullopt;
            return Fact{.kind = Fact::Kind::clash,
                        .index = static_cast<std::size_t>(found - m_clauses.clashes.begin())};
        }
        default: return std::nullopt;
    }
}

}  // namespace

Verdict judge(const Candidates& candidates, const Clauses& clauses, const std::vector<Candidate>& favoured) {
    return Court(candidates, clauses).decide(favoured);
}

}  // namespace pith::solve
