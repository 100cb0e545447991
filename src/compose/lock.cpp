#include "compose/lock.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "pkg/deb/dependency.h"

namespace pith::compose {

namespace {

using Role = LockedPackage::Role;

struct Candidate {
    pkg::PackageId id;
    pkg::Package package;
};

// The newest version of a package that is taken without the solver.
Result<Candidate> newest(const pkg::Universe& universe, const std::string& name, const std::string& architecture,
                         std::string_view asked_by) {
    std::optional<Candidate> best;
    for (auto id : universe.named(name)) {
        auto package = TRY(universe.package(id));
        if (package.architecture != architecture && package.architecture != "all") continue;
        if (!best || pkg::compare_versions(package.format, package.version, best->package.version) > 0)
            best = Candidate{id, std::move(package)};
    }
    if (best) return std::move(*best);
    auto near = nearest(name, universe.names());
    return fail(ErrorCode::not_found,
                fmt::format("{} names the package '{}', which no repository has for {}{}", asked_by, printable(name),
                            architecture, near.empty() ? "" : "; did you mean " + join(near, ", ") + "?"));
}

class Locking {
public:
    Locking(const Definition& definition, const pkg::Universe& universe)
        : m_definition(definition), m_universe(universe) {}

    Result<Lock> run(const std::string& architecture) {
        auto request = TRY(make_request(m_definition, architecture));
        m_lock.architecture = architecture;
        m_lock.definition = m_definition.digest;
        if (!request.install.empty()) TRY(install(request));
        for (const auto& part : m_definition.contents.parts) TRY(add(part.package, Role::part, "contents.parts"));
        for (const auto& provider : m_definition.certificates.providers)
            TRY(add(provider, Role::certificates, "certificates.providers"));
        std::stable_sort(m_lock.packages.begin(), m_lock.packages.end(),
                         [](const auto& a, const auto& b) { return a.package.name < b.package.name; });
        return std::move(m_lock);
    }

private:
    Result<> install(const solve::Request& request) {
        auto solution = TRY(solve::solve(m_universe, request));
        for (auto& chosen : solution.packages)
            m_lock.packages.push_back(
                {Role::installed, std::move(chosen.package), repository(chosen.id), std::move(chosen.reasons)});
        m_lock.left_out = std::move(solution.left_out);
        return {};
    }

    // A package that is installed, or already taken in parts, is not taken twice.
    Result<> add(const std::string& name, Role role, std::string_view asked_by) {
        auto there = std::find_if(m_lock.packages.begin(), m_lock.packages.end(), [&](const auto& p) {
            return p.package.name == name && (p.role == role || (p.role == Role::installed && role == Role::part));
        });
        if (there != m_lock.packages.end()) return {};
        auto candidate = TRY(newest(m_universe, name, m_lock.architecture, asked_by));
        m_lock.packages.push_back({role, std::move(candidate.package), repository(candidate.id), {}});
        return {};
    }

    // Repositories are listed in the order in which packages first name them.
    std::uint32_t repository(pkg::PackageId id) {
        auto [it, is_new] =
            m_repositories.try_emplace(id.repository, static_cast<std::uint32_t>(m_lock.repositories.size()));
        if (is_new) m_lock.repositories.push_back(m_universe.repositories()[id.repository]);
        return it->second;
    }

    const Definition& m_definition;
    const pkg::Universe& m_universe;
    Lock m_lock;
    std::map<std::uint32_t, std::uint32_t> m_repositories;
};

}  // namespace

Result<solve::Request> make_request(const Definition& definition, const std::string& architecture) {
    solve::Request request;
    request.architecture = architecture;
    for (const auto& line : definition.contents.packages) {
        auto parsed = TRY(context(pkg::deb::parse_package_request(line.text), line.place));
        if (parsed.excluded) {
            request.conflicts.push_back(std::move(parsed.relation));
            continue;
        }
        request.install.push_back(std::move(parsed.relation));
        request.places.push_back(line.place);
    }
    request.without = definition.contents.without;
    if (!definition.contents.keep_install_time) request.install_time = solve::install_time_packages();
    return request;
}

Result<Lock> make_lock(const Definition& definition, const pkg::Universe& universe, const std::string& architecture) {
    return Locking(definition, universe).run(architecture);
}

}  // namespace pith::compose
