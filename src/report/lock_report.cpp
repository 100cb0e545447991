#include "report/lock_report.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "compose/architecture.h"
#include "report/table.h"

namespace pith::report {

namespace {

using compose::PackageChange;
using json = nlohmann::ordered_json;

std::string_view word(PackageChange::Kind kind) {
    switch (kind) {
        case PackageChange::Kind::added: return "added";
        case PackageChange::Kind::removed: return "removed";
        case PackageChange::Kind::updated: return "updated";
    }
    return "";
}

std::string platform(const compose::Lock& lock) { return compose::platform_of(lock.architecture).text(); }

std::string packages_text(const compose::Lock& lock) {
    std::vector<std::vector<std::string>> rows;
    std::uint64_t bytes = 0;
    for (const auto& locked : lock.packages) {
        const auto& repository = lock.repositories[locked.repository];
        bytes += locked.package.size;
        rows.push_back({locked.package.name, locked.package.version,
                        fmt::format("{} {}", repository.name, repository.suite), human_size(locked.package.size)});
    }
    return fmt::format("{}: {} package{}, {}\n", platform(lock), rows.size(), rows.size() == 1 ? "" : "s",
                       human_size(bytes)) +
           table({{"package"}, {"version"}, {"from"}, {"size", true}}, rows);
}

std::string fixes_text(const PackageChange& change) {
    if (change.kind == PackageChange::Kind::added) return "added";
    if (change.kind == PackageChange::Kind::removed) return "removed";
    if (!change.note.empty()) return change.note;
    if (change.fixes.empty()) return "";
    return fmt::format("{} CVE{}", change.fixes.size(), change.fixes.size() == 1 ? "" : "s");
}

// Packages of one source have one changelog, and are told together.
std::string fixes_lists(const std::vector<PackageChange>& changes) {
    std::string out;
    std::vector<char> told(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (told[i] || changes[i].fixes.empty()) continue;
        std::vector<std::string> packages;
        for (std::size_t k = i; k < changes.size(); ++k)
            if (changes[k].fixes == changes[i].fixes) {
                packages.push_back(changes[k].package);
                told[k] = 1;
            }
        out += fmt::format("  {}: {}\n", join(packages, ", "), join(changes[i].fixes, " "));
    }
    return out;
}

std::string changes_text(const std::string& platforms, const std::vector<PackageChange>& changes) {
    if (changes.empty()) return platforms + ": no package changes\n";
    std::vector<std::vector<std::string>> rows;
    for (const auto& change : changes) rows.push_back({change.package, change.from, change.to, fixes_text(change)});
    return fmt::format("{}: {} package{}\n", platforms, changes.size(), changes.size() == 1 ? " changes" : "s change") +
           table({{"package"}, {"from"}, {"to"}, {"fixes, as its changelog says"}}, rows) + fixes_lists(changes);
}

// Platforms that change in the same way are told together.
std::string all_changes_text(const LockReport& report) {
    std::string out;
    std::vector<char> told(report.changes.size());
    for (std::size_t i = 0; i < report.changes.size(); ++i) {
        if (told[i]) continue;
        std::vector<std::string> platforms;
        for (std::size_t k = i; k < report.changes.size(); ++k)
            if (report.changes[k] == report.changes[i]) {
                platforms.push_back(platform(report.lock.locks[k]));
                told[k] = 1;
            }
        out += changes_text(join(platforms, ", "), report.changes[i]);
    }
    return out;
}

json packages_json(const compose::Lock& lock) {
    json out = json::array();
    for (const auto& locked : lock.packages) {
        const auto& repository = lock.repositories[locked.repository];
        out.push_back({{"name", locked.package.name},
                       {"version", locked.package.version},
                       {"architecture", locked.package.architecture},
                       {"repository", repository.name},
                       {"suite", repository.suite},
                       {"size", locked.package.size},
                       {"sha256", locked.package.sha256.text()}});
    }
    return out;
}

json changes_json(const std::vector<PackageChange>& changes) {
    json out = json::array();
    for (const auto& change : changes) {
        json item = {{"package", change.package}, {"change", word(change.kind)}};
        if (!change.from.empty()) item["from"] = change.from;
        if (!change.to.empty()) item["to"] = change.to;
        if (change.kind == PackageChange::Kind::updated) item["fixes"] = change.fixes;
        if (!change.note.empty()) item["note"] = change.note;
        out.push_back(std::move(item));
    }
    return out;
}

}  // namespace

std::string to_text(const LockReport& report) {
    if (report.compared) return all_changes_text(report);
    std::string out;
    for (const auto& lock : report.lock.locks) out += packages_text(lock);
    return out;
}

std::string to_json(const LockReport& report) {
    json platforms = json::array();
    for (std::size_t i = 0; i < report.lock.locks.size(); ++i) {
        const auto& lock = report.lock.locks[i];
        json item = {{"platform", platform(lock)}, {"packages", packages_json(lock)}};
        if (report.compared) item["changes"] = changes_json(report.changes[i]);
        platforms.push_back(std::move(item));
    }
    json document = {{"lock", report.file}, {"written", report.written}, {"platforms", platforms}};
    return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace pith::report
