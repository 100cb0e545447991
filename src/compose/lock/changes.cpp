#include "compose/lock/changes.h"

#include <algorithm>
#include <map>

#include "compose/lock/changelog.h"

namespace pith::compose {

std::vector<PackageChange> changes_between(const Lock* before, const Lock& after) {
    using Kind = PackageChange::Kind;
    std::map<std::string, std::pair<const pkg::Package*, const pkg::Package*>> both;
    if (before)
        for (const auto& locked : before->packages) both[locked.package.name].first = &locked.package;
    for (const auto& locked : after.packages) both[locked.package.name].second = &locked.package;
    std::vector<PackageChange> out;
    for (const auto& [name, packages] : both) {
        const auto [old_one, new_one] = packages;
        if (!old_one)
            out.push_back({Kind::added, name, "", new_one->version, {}, ""});
        else if (!new_one)
            out.push_back({Kind::removed, name, old_one->version, "", {}, ""});
        else if (old_one->sha256 != new_one->sha256)
            out.push_back({Kind::updated, name, old_one->version, new_one->version, {}, ""});
    }
    return out;
}

void read_fixes(const Lock& after, const Cache& cache, std::vector<PackageChange>& changes) {
    for (auto& change : changes) {
        if (change.kind != PackageChange::Kind::updated) continue;
        auto locked = std::ranges::find(after.packages, change.package,
                                        [](const auto& each) -> auto& { return each.package.name; });
        auto changelog = read_changelog(after, *locked, cache);
        if (changelog)
            change.fixes = fixed_since(*changelog, change.from);
        else
            change.note = changelog.error().text();
    }
}

bool lock_the_same(const LockFile& a, const LockFile& b) {
    auto without_state = [](LockFile file) {
        for (auto& lock : file.locks)
            for (auto& repository : lock.repositories) {
                repository.date.clear();
                repository.signed_by.clear();
                repository.release_digest = {};
            }
        return to_json(file);
    };
    return without_state(a) == without_state(b);
}

}  // namespace pith::compose
