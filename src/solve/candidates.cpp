#include "solve/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace pith::solve {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// No archive comes near it (Debian: some hundred); beyond it, a lookup would cost too much.
constexpr std::size_t most_providers = 10'000;

}  // namespace

Candidates::Candidates(const pkg::Universe& universe, const Request& request)
    : m_universe(universe), m_request(request) {}

// The package if it is of the image's architecture. What is for all architectures stands in the index of each: only
// the image's own counts, so that the answer does not depend on which others are asked for at the same time.
std::optional<Candidate> Candidates::decoded(pkg::PackageId id) {
    if (auto known = m_decoded.find(id); known != m_decoded.end()) return known->second;
    std::optional<Candidate> candidate;
    if (!m_universe.repositories()[id.repository].serves(m_request.architecture)) return candidate;
    auto package = m_universe.package(id);
    if (!package) {
        if (!m_fault) m_fault = std::move(package).error();
    } else if (package->architecture == m_request.architecture || package->architecture == "all") {
        candidate = static_cast<Candidate>(m_entries.size());
        m_entries.push_back({id, std::move(*package)});
    }
    m_decoded.emplace(id, candidate);
    return candidate;
}

const std::vector<Candidate>& Candidates::versions(const std::string& name) {
    if (auto known = m_versions.find(name); known != m_versions.end()) return known->second;
    std::vector<Candidate> found;
    for (auto id : m_universe.named(name))
        if (auto candidate = decoded(id)) found.push_back(*candidate);
    auto compare = [&](Candidate a, Candidate b) {
        return pkg::compare_versions(m_request.format, m_entries[a].package.version, m_entries[b].package.version);
    };
    auto repository_order = [&](Candidate c) {
        auto id = m_entries[c].id;
        return std::tuple(m_universe.repositories()[id.repository].priority, id);
    };
    std::sort(found.begin(), found.end(), [&](Candidate a, Candidate b) {
        int order = compare(a, b);
        return order != 0 ? order > 0 : repository_order(a) < repository_order(b);
    });
    auto equal = [&](Candidate a, Candidate b) { return compare(a, b) == 0; };
    found.erase(std::unique(found.begin(), found.end(), equal), found.end());
    return m_versions.emplace(name, std::move(found)).first->second;
}

std::vector<Candidate> Candidates::asked_versions(const std::string& name) {
    std::vector<Candidate> accepted;
    for (auto candidate : versions(name)) {
        const auto& version = m_entries[candidate].package.version;
        // Where there is a choice, a constraint is one of the choice, and not of the package.
        bool holds = std::ranges::all_of(m_request.install, [&](const pkg::Alternatives& asked) {
            return asked.size() > 1 || asked[0].name != name || pkg::satisfies(m_request.format, version, asked[0]);
        });
        if (holds) accepted.push_back(candidate);
    }
    return accepted;
}

// A package that was asked for by name is never left out.
std::optional<Candidate> Candidates::stand_in(std::string_view by, const std::string& name) {
    for (const auto& asked : m_request.install)
        if (std::ranges::find(asked, name, &pkg::Relation::name) != asked.end()) return std::nullopt;
    auto kind = StandIn::no;
    for (const auto& exclusion : m_request.without)
        if (exclusion.package == name && (exclusion.of.empty() || contains(exclusion.of, by))) kind = StandIn::without;
    if (kind == StandIn::no)
        for (const auto& entry : m_request.install_time)
            if (entry.package == name && (entry.of.empty() || contains(entry.of, by))) kind = StandIn::install_time;
    if (kind == StandIn::no) return std::nullopt;
    if (auto known = m_stand_ins.find(name); known != m_stand_ins.end()) return known->second;

    Entry entry;
    entry.stand_in = kind;
    entry.package.name = name;
    if (const auto& real = versions(name); !real.empty()) {
        entry.package.provides = m_entries[real.front()].package.provides;
        entry.package.priority = m_entries[real.front()].package.priority;
        entry.package.essential = m_entries[real.front()].package.essential;
        entry.package.multi_arch = m_entries[real.front()].package.multi_arch;
    }
    auto candidate = static_cast<Candidate>(m_entries.size());
    m_entries.push_back(std::move(entry));
    m_stand_ins.emplace(name, candidate);
    return candidate;
}

bool Candidates::matches(Candidate candidate, const pkg::Relation& relation) const {
    const auto& [id, package, stand_in] = m_entries[candidate];
    if (stand_in != StandIn::no && package.name == relation.name) return true;
    const auto& architecture = relation.architecture;
    bool runs = architecture.empty() || architecture == "native" || architecture == m_request.architecture ||
                (architecture == "any" && package.multi_arch == pkg::MultiArch::allowed);
    if (!runs) return false;
    if (package.name == relation.name && pkg::satisfies(m_request.format, package.version, relation)) return true;
    return std::any_of(package.provides.begin(), package.provides.end(), [&](const pkg::Provide& provide) {
        if (provide.name != relation.name) return false;
        if (relation.comparison == pkg::Comparison::any) return true;
        return !provide.version.empty() && pkg::satisfies(m_request.format, provide.version, relation);
    });
}

std::vector<Candidate> Candidates::providers(const std::string& name, Versions which) {
    std::vector<Candidate> found;
    auto ids = m_universe.providing(name);
    if (ids.size() > most_providers) {
        if (!m_fault)
            m_fault = Error{ErrorCode::limit, fmt::format("over {} packages provide '{}'", most_providers, name)};
        return found;
    }
    for (auto id : ids) {
        auto candidate = decoded(id);
        if (!candidate) continue;
        const auto accepted = asked_versions(m_entries[*candidate].package.name);
        auto last = which == Versions::all || accepted.empty() ? accepted.end() : accepted.begin() + 1;
        // Of equal versions in two repositories only the first one counts.
        if (std::find(accepted.begin(), last, *candidate) != last) found.push_back(*candidate);
    }
    return found;
}

Candidates::Rank Candidates::rank(Candidate candidate, const pkg::Alternatives& any_of) const {
    const auto& package = m_entries[candidate].package;
    auto first = std::find_if(any_of.begin(), any_of.end(), [&](const auto& r) { return matches(candidate, r); });
    bool bears = first != any_of.end() && first->name == package.name;
    return {first - any_of.begin(), !bears, !package.essential, package.priority};
}

void Candidates::add_satisfying(Candidate by, const pkg::Relation& relation, Versions which,
                                std::vector<Candidate>& out) {
    const auto& dependent = m_entries[by].package.name;
    auto add = [&](Candidate candidate) {
        if (!matches(candidate, relation)) return;
        auto replaced = stand_in(dependent, m_entries[candidate].package.name);
        out.push_back(replaced.value_or(candidate));
    };
    if (auto absent = stand_in(dependent, relation.name)) {
        out.push_back(*absent);
    } else {
        auto accepted = asked_versions(relation.name);
        if (which == Versions::newest && accepted.size() > 1) accepted.resize(1);
        for (auto candidate : accepted) add(candidate);
    }
    for (auto candidate : providers(relation.name, which)) add(candidate);
}

std::vector<Candidate> Candidates::satisfying(Candidate by, const pkg::Alternatives& any_of, Versions which) {
    std::vector<Candidate> found;
    for (const auto& relation : any_of) add_satisfying(by, relation, which, found);
    if (found.size() < 2) return found;
    std::unordered_set<Candidate> seen;
    std::erase_if(found, [&](Candidate candidate) { return !seen.insert(candidate).second; });
    // Versions of one name stand in their own order already.
    std::stable_sort(found.begin(), found.end(), [&](Candidate a, Candidate b) {
        auto of_a = rank(a, any_of), of_b = rank(b, any_of);
        return of_a != of_b ? of_a < of_b : m_entries[a].package.name < m_entries[b].package.name;
    });
    return found;
}

}  // namespace pith::solve
