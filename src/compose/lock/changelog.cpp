#include "compose/lock/changelog.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "archive/inflate.h"
#include "base/text.h"
#include "compose/package_facts.h"

namespace pith::compose {

using archive::EntryType;

namespace {

constexpr std::uint64_t most_changelog = 64 * MiB;
constexpr int most_links = 8;
constexpr std::string_view documentation = "usr/share/doc/";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "nginx (1.22.1-9+deb12u2) bookworm-security; urgency=high" → the version; nothing for any other line.
std::optional<std::string_view> version_of_entry(std::string_view line) {
    if (line.empty() || line[0] == ' ' || line[0] == '\t') return std::nullopt;
    auto open = line.find(" ("), close = line.find(')');
    if (open == line.npos || close == line.npos || close < open) return std::nullopt;
    return line.substr(open + 2, close - open - 2);
}

constexpr std::string_view start = "CVE-";

// By year, then by number: longer numbers are greater ones.
struct ById {
    bool operator()(const std::string& a, const std::string& b) const {
        auto year = [](const std::string& id) { return std::string_view(id).substr(start.size(), 4); };
        return std::tuple(year(a), a.size(), a) < std::tuple(year(b), b.size(), b);
    }
};
using Ids = std::set<std::string, ById>;

// Adds every CVE-YYYY-NNNN of the line, the number being of four digits or more.
void collect_ids(std::string_view line, Ids& ids) {
    for (auto at = line.find(start); at != line.npos; at = line.find(start, at + 1)) {
        auto digits = [&](std::size_t from) {
            auto end = from;
            while (end < line.size() && is_digit(line[end])) ++end;
            return end - from;
        };
        auto year = at + start.size(), number = year + 5;
        if (digits(year) != 4 || line.substr(year + 4, 1) != "-" || digits(number) < 4) continue;
        ids.emplace(line.substr(at, number + digits(number) - at));
    }
}

const LockedPackage* find_package(const Lock& lock, std::string_view name) {
    auto found =
        std::ranges::find(lock.packages, name, [](const auto& locked) -> auto& { return locked.package.name; });
    return found == lock.packages.end() ? nullptr : &*found;
}

// Where a link leads, by its text alone: documentation folders are no links to elsewhere in their upper part.
std::string follow(std::string_view link, std::string_view target) {
    auto from = std::filesystem::path(link).parent_path();
    auto path = target.starts_with('/') ? std::filesystem::path(target.substr(1)) : from / target;
    return path.lexically_normal().string();
}

const ShippedEntry* find_entry(const PackageFacts& facts, std::string_view path) {
    auto found = std::ranges::lower_bound(facts.entries, path, {}, &ShippedEntry::path);
    return found != facts.entries.end() && found->path == path ? &*found : nullptr;
}

// The file itself, with the package that ships it.
struct Place {
    const LockedPackage* owner = nullptr;
    std::string path;
};

// Nothing if the package has no such file.
Result<std::optional<Place>> find_file(const Lock& lock, std::string path, const Cache& cache) {
    for (int links = 0; links < most_links; ++links) {
        auto rest = std::string_view(path).substr(std::min(path.size(), documentation.size()));
        auto name = rest.substr(0, rest.find('/'));
        const auto* owner = path.starts_with(documentation) ? find_package(lock, name) : nullptr;
        if (!owner)
            return fail(ErrorCode::not_found,
                        fmt::format("its changelog is '/{}', which no package of the lock has", printable(path)));
        auto facts = TRY(read_package(cache, owner->package.sha256, owner->package.name)).facts;
        auto folder = std::string(documentation) + std::string(name);
        const auto* as_folder = find_entry(facts, folder);
        const auto* entry = find_entry(facts, path);
        if (as_folder && as_folder->type == EntryType::symlink)
            path = follow(folder, as_folder->link) + path.substr(folder.size());
        else if (entry && entry->type == EntryType::symlink)
            path = follow(path, entry->link);
        else if (entry && entry->type == EntryType::file)
            return Place{owner, path};
        else
            return std::nullopt;
    }
    return fail(ErrorCode::not_found, fmt::format("its changelog is behind more than {} links", most_links));
}

}  // namespace

std::vector<std::string> fixed_since(std::string_view changelog, std::string_view version) {
    Ids ids;
    for (auto line : split(changelog, '\n')) {
        auto entry = version_of_entry(line);
        if (entry && pkg::compare_versions(pkg::Format::deb, *entry, version) <= 0) break;
        collect_ids(line, ids);
    }
    return {ids.begin(), ids.end()};
}

Result<std::string> read_changelog(const Lock& lock, const LockedPackage& locked, const Cache& cache) {
    const auto& name = locked.package.name;
    bool native = locked.package.version.find('-') == std::string::npos;
    std::vector<std::string> files = {"changelog.Debian.gz"};
    if (native) files.emplace_back("changelog.gz");
    for (const auto& file : files) {
        auto place = TRY(find_file(lock, fmt::format("{}{}/{}", documentation, name, file), cache));
        if (!place) continue;
        const auto& owner = place->owner->package;
        auto contents = PackageContents::open(cache, owner.sha256, owner.name);
        if (!contents) return std::unexpected(std::move(contents).error());
        auto bytes = TRY(contents->file(place->path));
        auto inflated = archive::inflate(bytes, archive::detect_compression(bytes), {.most_bytes = most_changelog});
        return std::string(as_text(TRY(context(std::move(inflated), owner.name + ", " + place->path)).bytes()));
    }
    return fail(ErrorCode::not_found, "its changelog is not in the package");
}

}  // namespace pith::compose
