// What may be chosen for a request: the packages of the universe that are reached, decoded when first
// asked for, each version of a name once, and the rules of what satisfies what.
//
// A package that is left out (`without`, install-time) appears as a stand-in: it bears the package's name
// and provides what it provides, in any version, but depends on nothing. So a left-out package counts as
// present, and what only it needs is never reached.
//
// Source: Debian policy 7; deb-control(5); multiarch as dpkg reads it (a dependency on "name:any" is met
// only by a package that is Multi-Arch: allowed).
// Not thread-safe: asking decodes. Faults of the universe are kept (`fault`), and a faulty package is absent.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "pkg/universe.h"
#include "solve/solve.h"

namespace pith::solve {

using Candidate = std::uint32_t;  // number of a candidate, in the order in which they were reached

enum class StandIn : std::uint8_t { no, without, install_time };

struct Entry {
    pkg::PackageId id;
    pkg::Package package;
    StandIn stand_in = StandIn::no;
};

// Which versions of a package count: apt looks only at its candidate, the newest (or the one asked for).
enum class Versions : std::uint8_t { newest, all };

class Candidates {
public:
    // Both outlive the object.
    Candidates(const pkg::Universe& universe, const Request& request);

    // Valid as long as the object.
    [[nodiscard]] const Entry& operator[](Candidate candidate) const { return m_entries[candidate]; }
    [[nodiscard]] std::size_t size() const { return m_entries.size(); }
    [[nodiscard]] const std::optional<Error>& fault() const { return m_fault; }

    // The versions of a name for this architecture, the preferred one first: newest, then the order of the
    // repositories. Of versions that are equal only the first is kept. Never stand-ins.
    [[nodiscard]] const std::vector<Candidate>& versions(const std::string& name);
    // Of these, those that every request for the name accepts.
    [[nodiscard]] std::vector<Candidate> asked_versions(const std::string& name);
    // The packages that provide the name and do not bear it; in no particular order.
    [[nodiscard]] std::vector<Candidate> providers(const std::string& name, Versions which);

    // What satisfies a dependency of `by`, each once, by `rank`; those of the same rank by name.
    [[nodiscard]] std::vector<Candidate> satisfying(Candidate by, const pkg::Alternatives& any_of, Versions which);
    // apt's preference among them: alternatives as written; for each the package of that name, then providers,
    // essential ones first, then by priority.
    using Rank = std::tuple<std::size_t, bool, bool, pkg::Priority>;
    [[nodiscard]] Rank rank(Candidate candidate, const pkg::Alternatives& any_of) const;

    // Does the package bear or provide what the relation names?
    [[nodiscard]] bool matches(Candidate candidate, const pkg::Relation& relation) const;

private:
    [[nodiscard]] std::optional<Candidate> decoded(pkg::PackageId id);
    [[nodiscard]] std::optional<Candidate> stand_in(std::string_view by, const std::string& name);
    void add_satisfying(Candidate by, const pkg::Relation& relation, Versions which, std::vector<Candidate>& out);

    const pkg::Universe& m_universe;
    const Request& m_request;
    std::deque<Entry> m_entries;  // references to entries stay valid while more are decoded
    std::map<pkg::PackageId, std::optional<Candidate>> m_decoded;
    std::unordered_map<std::string, std::vector<Candidate>> m_versions;
    std::map<std::string, Candidate, std::less<>> m_stand_ins;
    std::optional<Error> m_fault;
};

}  // namespace pith::solve
