#include "solve/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "base/text.h"

namespace pith::solve {
namespace {

// More lines than this do not help anybody; the rest is counted.
constexpr std::size_t most_lines = 20;
constexpr std::size_t most_names = 8;

std::string some_of(std::vector<std::string> names) {
    auto more = names.size() > most_names ? names.size() - most_names : 0;
    names.resize(names.size() - more);
    auto text = join(names, ", ");
    return more == 0 ? text : fmt::format("{} and {} more", text, more);
}

// "1.22.1-9 (bookworm), 1.20-1 (bookworm-updates)"; empty if there is none.
std::string versions_there_are(Candidates& candidates, const pkg::Universe& universe, const std::string& name) {
    std::vector<std::string> versions;
    for (auto candidate : candidates.versions(name)) {
        const auto& entry = candidates[candidate];
        const auto& repository = universe.repositories()[entry.id.repository];
        const auto& where = repository.suite.empty() ? repository.name : repository.suite;
        versions.push_back(where.empty() ? entry.package.version
                                         : fmt::format("{} ({})", entry.package.version, where));
    }
    return some_of(versions);
}

class Story {
public:
    Story(Candidates& candidates, const pkg::Universe& universe, const Request& request, const Clauses& clauses,
          const std::vector<Fact>& proof)
        : m_candidates(candidates), m_universe(universe), m_request(request), m_clauses(clauses), m_proof(proof) {}

    Error tell();

private:
    [[nodiscard]] std::string title(Candidate candidate) const {
        const auto& package = m_candidates[candidate].package;
        return fmt::format("{} {}", package.name, package.version);
    }
    void add(std::string line) {
        if (m_told.insert(line).second) m_lines.push_back(std::move(line));
    }
    void tell_requests();
    void tell_needs();
    void tell_ends();
    void tell_unmet(const Need& need);
    [[nodiscard]] std::string advice() const;

    Candidates& m_candidates;
    const pkg::Universe& m_universe;
    const Request& m_request;
    const Clauses& m_clauses;
    const std::vector<Fact>& m_proof;
    std::vector<std::string> m_lines, m_asked;
    std::set<std::string> m_told;
    std::vector<Candidate> m_reached;  // from the requests on, in the order of the chains
    bool m_unmet = false;
};

void Story::tell_requests() {
    for (const auto& fact : m_proof) {
        if (fact.kind != Fact::Kind::asked) continue;
        m_asked.push_back(request_name(m_request, fact.index));
        for (auto candidate : m_clauses.asked[fact.index]) m_reached.push_back(candidate);
    }
}

// Follows the needs of the proof from the requests on, so that each line's subject was named before.
void Story::tell_needs() {
    std::unordered_set<Candidate> seen(m_reached.begin(), m_reached.end());
    for (std::size_t i = 0; i < m_reached.size(); ++i) {
        for (const auto& fact : m_proof) {
            if (fact.kind != Fact::Kind::needs || m_clauses.needs[fact.index].by != m_reached[i]) continue;
            const auto& need = m_clauses.needs[fact.index];
            if (need.met_by.empty()) {
                tell_unmet(need);
                continue;
            }
            add(fmt::format("{} depends on {}", title(need.by), to_text(*need.group, m_request.format)));
            for (auto candidate : need.met_by)
                if (seen.insert(candidate).second) m_reached.push_back(candidate);
        }
    }
}

void Story::tell_unmet(const Need& need) {
    m_unmet = true;
    std::vector<std::string> why;
    for (const auto& relation : *need.group) {
        auto versions = versions_there_are(m_candidates, m_universe, relation.name);
        why.push_back(versions.empty() ? fmt::format("no repository has {}", relation.name)
                                       : fmt::format("of {} there is only {}", relation.name, versions));
    }
    add(fmt::format("{} depends on {}, but {}", title(need.by), to_text(*need.group, m_request.format),
                    join(why, ", and ")));
}

void Story::tell_ends() {
    for (const auto& fact : m_proof) {
        if (fact.kind == Fact::Kind::clash) {
            const auto& clash = m_clauses.clashes[fact.index];
            auto relation = to_text(*clash.relation, m_request.format);
            auto verb = clash.breaks ? "breaks" : "conflicts with";
            const auto& with = m_candidates[clash.with].package;
            add(clash.relation->name == with.name
                    ? fmt::format("{} {} {}", title(clash.by), verb, relation)
                    : fmt::format("{} {} {}, which {} provides", title(clash.by), verb, relation, title(clash.with)));
        } else if (fact.kind == Fact::Kind::one_name) {
            add(fmt::format("{} and {} exclude each other: an image has one version of a package", title(fact.by),
                            title(fact.with)));
        } else if (fact.kind == Fact::Kind::forbidden) {
            for (const auto& relation : m_request.conflicts)
                if (m_candidates.matches(fact.by, relation))
                    add(fmt::format("{} is forbidden by '!{}'", title(fact.by), to_text(relation, m_request.format)));
        }
    }
}

std::string Story::advice() const {
    return m_unmet ? "Add a repository that has what is missing, or leave it out with 'without' and a reason."
                   : "Ask for other versions, or drop one of the requests.";
}

Error Story::tell() {
    tell_requests();
    tell_needs();
    tell_ends();
    auto text = fmt::format("{} cannot be installed{}:", join(m_asked, " and "), m_asked.size() > 1 ? " together" : "");
    for (std::size_t i = 0; i < std::min(m_lines.size(), most_lines); ++i) text += "\n  " + m_lines[i];
    if (m_lines.size() > most_lines) text += fmt::format("\n  and {} more", m_lines.size() - most_lines);
    return {ErrorCode::conflict, text + "\n" + advice()};
}

}  // namespace

std::string request_name(const Request& request, std::size_t index) {
    auto name = fmt::format("'{}'", to_text(request.install[index], request.format));
    bool placed = index < request.places.size() && !request.places[index].empty();
    return placed ? fmt::format("{} ({})", name, request.places[index]) : name;
}

namespace {

// No package bears or provides any of the names.
Error unknown_package(const pkg::Universe& universe, const Request& request, std::size_t index) {
    const auto& asked = request.install[index];
    auto near = nearest(asked[0].name, universe.names());
    auto text = fmt::format("{}: no repository has {}", request_name(request, index),
                            asked.size() > 1 ? "any of these packages" : "this package");
    if (!near.empty()) text += fmt::format("; did you mean {}?", join(near, " or "));
    return {ErrorCode::not_found, text};
}

// The package is there, but in no version that was asked for.
Error no_such_version(Candidates& candidates, const pkg::Universe& universe, const Request& request, std::size_t index,
                      const std::string& name) {
    std::vector<std::string> asked;
    for (std::size_t i = 0; i < request.install.size(); ++i)
        if (i == index || (request.install[i].size() == 1 && request.install[i][0].name == name))
            asked.push_back(request_name(request, i));
    return {ErrorCode::not_found, fmt::format("{}: {}; there is {}", join(asked, " and "),
                                              asked.size() > 1 ? "no version meets them all" : "no such version",
                                              versions_there_are(candidates, universe, name))};
}

}  // namespace

Error nothing_meets(Candidates& candidates, const pkg::Universe& universe, const Request& request, std::size_t index) {
    for (const auto& relation : request.install[index])
        if (!candidates.versions(relation.name).empty())
            return no_such_version(candidates, universe, request, index, relation.name);
    return unknown_package(universe, request, index);
}

Error several_providers(const Candidates& candidates, const Request& request, std::size_t index,
                        const std::vector<Candidate>& providers) {
    std::vector<std::string> names;
    for (auto candidate : providers)
        if (const auto& name = candidates[candidate].package.name; names.empty() || names.back() != name)
            names.push_back(name);
    return {ErrorCode::usage, fmt::format("{}: several packages provide it; ask for one of {}",
                                          request_name(request, index), some_of(names))};
}

Error unsatisfiable(Candidates& candidates, const pkg::Universe& universe, const Request& request,
                    const Clauses& clauses, const std::vector<Fact>& proof) {
    return Story(candidates, universe, request, clauses, proof).tell();
}

}  // namespace pith::solve
