// The pipeline: candidates for what is asked, apt's choice, the judge's word on it, and the reasons.
#include "solve/solve.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "solve/candidates.h"
#include "solve/clauses.h"
#include "solve/explain.h"
#include "solve/greedy.h"
#include "solve/judge.h"

namespace pith::solve {
namespace {

using Asked = std::vector<std::vector<Candidate>>;

Result<> check(const Request& request) {
    if (request.format != pkg::Format::deb)
        return fail(ErrorCode::unsupported, "packages of the apk format cannot be composed yet, only those of Debian");
    for (std::size_t i = 0; i < request.install.size(); ++i)
        for (const auto& [name, comparison, version, architecture, pin] : request.install[i]) {
            if (!architecture.empty() && architecture != "native" && architecture != request.architecture)
                return fail(ErrorCode::usage,
                            fmt::format("{}: the image is for {}", request_name(request, i), request.architecture));
            for (const auto& exclusion : request.without)
                if (exclusion.package == name && exclusion.of.empty())
                    return fail(ErrorCode::usage,
                                fmt::format("{} is asked for, and 'without' leaves it out", request_name(request, i)));
        }
    return {};
}

// What meets one alternative of a request: versions of the package of that name, else the one that provides it.
Result<std::vector<Candidate>> candidates_for(Candidates& candidates, const Request& request, std::size_t index,
                                              const pkg::Relation& relation) {
    auto meets = candidates.asked_versions(relation.name);
    std::erase_if(meets, [&](Candidate c) { return !candidates.matches(c, relation); });
    if (!meets.empty() || !candidates.versions(relation.name).empty()) return meets;
    meets = candidates.providers(relation.name, Versions::newest);
    std::erase_if(meets, [&](Candidate c) { return !candidates.matches(c, relation); });
    if (meets.size() > 1) return std::unexpected(several_providers(candidates, request, index, meets));
    return meets;
}

// For each request what meets it, the preferred one first.
Result<Asked> candidates_for(Candidates& candidates, const pkg::Universe& universe, const Request& request) {
    Asked asked;
    for (std::size_t i = 0; i < request.install.size(); ++i) {
        auto& meets = asked.emplace_back();
        for (const auto& relation : request.install[i])
            for (auto candidate : TRY(candidates_for(candidates, request, i, relation)))
                if (std::ranges::find(meets, candidate) == meets.end()) meets.push_back(candidate);
        if (meets.empty()) return std::unexpected(nothing_meets(candidates, universe, request, i));
    }
    return asked;
}

// apt's choice where it works out, else another set that keeps as much of it as it can.
Result<std::vector<Candidate>> choose(Candidates& candidates, const pkg::Universe& universe, const Request& request,
                                      const Asked& asked) {
    auto greedy = choose_greedily(candidates, asked, request.conflicts);
    if (greedy.complete) {
        auto clauses = TRY(clauses_of(candidates, asked, request.conflicts, &greedy.chosen));
        if (judge(candidates, clauses, greedy.chosen).possible) return greedy.chosen;
    }
    auto clauses = TRY(clauses_of(candidates, asked, request.conflicts));
    auto verdict = judge(candidates, clauses, greedy.chosen);
    if (!verdict.possible) return std::unexpected(unsatisfiable(candidates, universe, request, clauses, verdict.proof));
    return verdict.chosen;
}

// What the requests reach among the chosen, each with why it is there. A dependency keeps everything that
// meets it, as in apt.
using Kept = std::map<Candidate, std::set<std::pair<std::string, std::string>>>;  // (by, relation)

Kept keep_reachable(Candidates& candidates, const Request& request, const Asked& asked,
                    const std::vector<Candidate>& chosen) {
    std::set<Candidate> among(chosen.begin(), chosen.end());
    Kept kept;
    std::vector<Candidate> reached;
    auto keep = [&](Candidate candidate, const std::string& by, std::string relation) {
        if (!among.contains(candidate)) return;
        if (!kept.contains(candidate)) reached.push_back(candidate);
        kept[candidate].emplace(by, std::move(relation));
    };
    for (std::size_t i = 0; i < asked.size(); ++i)
        for (auto candidate : asked[i]) keep(candidate, "", to_text(request.install[i], request.format));
    for (std::size_t i = 0; i < reached.size(); ++i) {
        const auto& package = candidates[reached[i]].package;
        for (const auto* groups : {&package.pre_depends, &package.depends})
            for (const auto& group : *groups)
                for (auto candidate : candidates.satisfying(reached[i], group, Versions::all))
                    keep(candidate, package.name, to_text(group, request.format));
    }
    return kept;
}

LeftOut left_out(const Request& request, const Entry& entry, const Kept::mapped_type& reasons) {
    LeftOut out;
    out.package = entry.package.name;
    out.why = entry.stand_in == StandIn::without ? LeftOut::Why::without : LeftOut::Why::install_time;
    for (const auto& exclusion : request.without)
        if (exclusion.package == out.package) out.reason = exclusion.reason;
    for (const auto& listed : request.install_time)
        if (out.reason.empty() && listed.package == out.package) out.reason = listed.reason;
    for (const auto& [by, relation] : reasons)
        if (out.needed_by.empty() || out.needed_by.back() != by) out.needed_by.push_back(by);
    return out;
}

Solution tell(const Candidates& candidates, const Request& request, const Kept& kept) {
    Solution solution;
    std::set<std::string> present;
    for (const auto& [candidate, reasons] : kept) {
        const auto& entry = candidates[candidate];
        if (entry.stand_in != StandIn::no) continue;
        present.insert(entry.package.name);
        Chosen chosen{entry.id, entry.package, {}};
        for (const auto& [by, relation] : reasons) chosen.reasons.push_back({by, relation});
        solution.packages.push_back(std::move(chosen));
    }
    for (const auto& [candidate, reasons] : kept)
        if (const auto& entry = candidates[candidate];
            entry.stand_in != StandIn::no && !present.contains(entry.package.name))
            solution.left_out.push_back(left_out(request, entry, reasons));
    std::ranges::sort(solution.packages, {}, [](const Chosen& chosen) { return chosen.package.name; });
    std::ranges::sort(solution.left_out, {}, &LeftOut::package);
    return solution;
}

// A `without` that leaves nothing out stands in the list all the same, needed by nobody: a definition may hold for
// several suites, and only some of them have the dependency.
void list_unused(const Request& request, Solution& solution) {
    auto chosen = [](const Chosen& c) -> const std::string& { return c.package.name; };
    for (const auto& exclusion : request.without)
        if (std::ranges::find(solution.left_out, exclusion.package, &LeftOut::package) == solution.left_out.end() &&
            std::ranges::find(solution.packages, exclusion.package, chosen) == solution.packages.end())
            solution.left_out.push_back({LeftOut::Why::without, exclusion.package, exclusion.reason, {}});
    std::ranges::sort(solution.left_out, {}, &LeftOut::package);
}

}  // namespace

Result<Solution> solve(const pkg::Universe& universe, const Request& request) {
    TRY(check(request));
    Candidates candidates(universe, request);
    auto solved = [&]() -> Result<Solution> {
        auto asked = TRY(candidates_for(candidates, universe, request));
        auto chosen = TRY(choose(candidates, universe, request, asked));
        auto solution = tell(candidates, request, keep_reachable(candidates, request, asked, chosen));
        list_unused(request, solution);
        return solution;
    }();
    // With a package that could not be read, any answer (an error too) may be a wrong one.
    if (candidates.fault()) return std::unexpected(*candidates.fault());
    return solved;
}

}  // namespace pith::solve
