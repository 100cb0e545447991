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
        if (!universe.repositories()[id.repository].serves(architecture)) continue;
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
        m_lock.definition = choices_digest(m_definition);
        if (!request.install.empty()) TRY(install(request));
        for (const auto& part : m_definition.contents.parts) TRY(add(part.package, Role::part, "contents.parts"));
        for (const auto& provider : m_definition.certificates.providers)
            TRY(add(provider, Role::certificates, "certificates.providers"));
        std::stable_sort(m_lock.packages.begin(), m_lock.packages.end(),
                         [](const auto& a, const auto& b) { return a.package.name < b.package.name; });
        m_lock.layers = group_packages(m_lock.packages, m_definition.layering.budget);
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

    // A package that is there already, whatever for, is not taken twice: parts and certificates are found in it.
    Result<> add(const std::string& name, Role role, std::string_view asked_by) {
        bool there = std::any_of(m_lock.packages.begin(), m_lock.packages.end(),
                                 [&](const auto& locked) { return locked.package.name == name; });
        if (there) return {};
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

std::vector<std::string> keyring_names(const Definition& definition) {
    auto folder = definition.folder.string();
    auto names = definition.contents.keyrings;
    for (auto& name : names)
        if (!folder.empty() && name.starts_with(folder + "/")) name.erase(0, folder.size() + 1);
    return names;
}

Digest choices_digest(const Definition& definition) {
    const auto& contents = definition.contents;
    // Each text with its length, so that no two definitions give one sequence.
    Hasher hasher;
    auto add = [&](std::string_view text) { hasher.update(fmt::format("{} {}\n", text.size(), text)); };
    auto add_all = [&](std::string_view key, const auto& items, auto text_of) {
        hasher.update(fmt::format("{} {}\n", key, items.size()));
        for (const auto& item : items) add(text_of(item));
    };
    auto itself = [](const std::string& text) { return text; };
    add_all("repositories", contents.repositories, itself);
    add_all("keyrings", keyring_names(definition), itself);
    add_all("packages", contents.packages, [](const PackageLine& line) { return line.text; });
    add_all("without", contents.without, [](const solve::Exclusion& each) { return each.package; });
    add_all("reasons", contents.without, [](const solve::Exclusion& each) { return each.reason; });
    add_all("parts", contents.parts, [](const Part& part) { return part.package; });
    add_all("providers", definition.certificates.providers, itself);
    hasher.update(fmt::format("install-time {}\nbudget {}\nzstd {}\n", contents.keep_install_time,
                              definition.layering.budget, definition.layering.zstd));
    return hasher.digest();
}

Result<solve::Request> make_request(const Definition& definition, const std::string& architecture) {
    solve::Request request;
    request.architecture = architecture;
    for (const auto& line : definition.contents.packages) {
        auto parsed = TRY(context(pkg::deb::parse_package_request(line.text), line.place));
        if (parsed.excluded) {
            request.conflicts.push_back(std::move(parsed.any_of[0]));
            continue;
        }
        request.install.push_back(std::move(parsed.any_of));
        request.places.push_back(line.place);
    }
    request.without = definition.contents.without;
    if (!definition.contents.keep_install_time) request.install_time = solve::install_time_packages();
    return request;
}

Result<Lock> make_lock(const Definition& definition, const pkg::Universe& universe, const std::string& architecture) {
    return Locking(definition, universe).run(architecture);
}

std::vector<std::vector<int>> group_packages(const std::vector<LockedPackage>& packages, unsigned budget) {
    std::vector<int> by_size;
    for (int i = 0; i < static_cast<int>(packages.size()); ++i)
        if (packages[static_cast<std::size_t>(i)].role != Role::certificates) by_size.push_back(i);
    std::size_t places = std::max(budget, 2U) - 1;
    std::vector<std::vector<int>> groups;
    if (by_size.size() > places) {
        auto size_of = [&](int i) { return packages[static_cast<std::size_t>(i)].package.size; };
        std::stable_sort(by_size.begin(), by_size.end(), [&](int a, int b) { return size_of(a) > size_of(b); });
        groups.emplace_back(by_size.begin() + static_cast<std::ptrdiff_t>(places) - 1, by_size.end());
        by_size.resize(places - 1);
    }
    for (int package : by_size) groups.push_back({package});
    for (auto& group : groups) std::sort(group.begin(), group.end());
    std::sort(groups.begin(), groups.end());
    return groups;
}

}  // namespace pith::compose
