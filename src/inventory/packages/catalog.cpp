#include "inventory/packages/catalog.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "inventory/copyright.h"
#include "inventory/packages/all_readers.h"

namespace pith::inventory::packages {

namespace {

constexpr std::size_t most_packages = 1'000'000;

// What is read beside the packages: the distribution's name and the licences (see read_image.cpp).
constexpr Selector facts[] = {{"etc/os-release", 64 * KiB, true},
                              {"usr/lib/os-release", 64 * KiB, true},
                              {"etc/debian_version", 64 * KiB, true},
                              {"*/copyright", most_copyright_bytes, true}};
constexpr Reader facts_reader{.name = "facts", .selectors = facts, .read = nullptr};

// In the order in which they are asked: that of executables takes any path.
constexpr const Reader* all[] = {&facts_reader,  &dpkg_reader, &apk_reader,  &rpm_reader,
                                 &python_reader, &node_reader, &java_reader, &executable_reader};

bool starts_as(std::string_view head, std::string_view wanted) {
    auto size = std::min(head.size(), wanted.size());  // a head may be cut short
    return head.substr(0, size) == wanted.substr(0, size);
}

struct Chosen {
    const Reader* reader;
    const Selector* selector;
};

std::optional<Chosen> choose(std::string_view path, std::string_view head) {
    for (const auto* reader : all)
        for (const auto& selector : reader->selectors)
            if (starts_as(head, selector.head) && matches_selector(selector.pattern, path))
                return Chosen{reader, &selector};
    return std::nullopt;
}

// What is known and not read. Where a distribution's package owns it, its facts are that package's.
struct Unsupported {
    std::string_view pattern, what;
};
constexpr Unsupported unsupported[] = {
    {"var/lib/rpm/Packages", "rpm's Berkeley database, which is not read"},
    {"usr/lib/sysimage/rpm/Packages", "rpm's Berkeley database, which is not read"},
    {"var/lib/rpm/Packages.db", "rpm's ndb database, which is not read"},
    {"usr/lib/sysimage/rpm/Packages.db", "rpm's ndb database, which is not read"},
    {"*/rpmdb.sqlite-wal", "changes of rpm's database that are not in it yet, which are not read"},
    {"var/lib/rpmmanifest/container-manifest-2", "a list of rpm packages, which is not read"},
    {"var/lib/pacman/local/ALPM_DB_VERSION", "pacman's database, which is not read"},
    {"var/db/pkg/*", "Portage's database, which is not read"},
    {"var/lib/opkg/status", "opkg's database, which is not read"},
    {"nix/store/*", "packages of Nix, which are not read"},
    {"*.gemspec", "a Ruby gem, which is not read"},
    {"*.deps.json", ".NET's list of packages, which is not read"},
    {"*/vendor/composer/installed.json", "PHP's list of packages, which is not read"},
    {"*/conda-meta/history", "packages of conda, which are not read"},
    {"*/site-library/base/DESCRIPTION", "packages of R, which are not read"},
};

// An unsupported database is named once, however many files it has.
void note_unsupported(const std::string& path, Gathered& out) {
    for (const auto& each : unsupported) {
        if (!matches_selector(each.pattern, path)) continue;
        bool known = each.pattern.ends_with('*') && std::ranges::count(out.unread, each.what, &Unread::what) > 0;
        if (!known) out.unread.push_back({path, std::string(each.what)});
        return;
    }
}

Result<> read_one(const Reader& reader, const oci::View& view, const std::string& path, Gathered& out) {
    const auto* entry = view.find(path) ? view.find(path)->entry : nullptr;
    if (!entry || !entry->content) {
        bool large = entry && entry->too_large;
        out.unread.push_back({path, large ? "larger than what is read of such a file" : "no file that can be read"});
        return {};
    }
    std::vector<InstalledPackage> found;
    auto read = reader.read({path, *entry->content, view, found, out.unread});
    if (!read && reader.distribution) return read;
    if (!read) out.unread.push_back({path, fmt::format("{}: {}", reader.name, read.error().text())});
    std::ranges::move(found, std::back_inserter(reader.distribution ? out.distribution : out.others));
    return {};
}

}  // namespace

bool matches_selector(std::string_view pattern, std::string_view path) {
    if (pattern == "*") return true;
    bool from_start = !pattern.starts_with('*'), to_end = !pattern.ends_with('*');
    if (from_start) return to_end ? path == pattern : path.starts_with(pattern.substr(0, pattern.size() - 1));
    pattern.remove_prefix(1);
    if (to_end) return path.ends_with(pattern) || (pattern.starts_with('/') && path == pattern.substr(1));
    auto name = path.substr(path.rfind('/') + 1);
    return name.starts_with(pattern.substr(1, pattern.size() - 2));
}

std::uint64_t most_of(std::string_view path, std::string_view head) {
    auto chosen = choose(path, head);
    return chosen ? chosen->selector->most : 0;
}

std::optional<std::string> reduce(std::string_view path, ByteView content) {
    auto chosen = choose(path, as_text(content));
    if (!chosen) return std::nullopt;
    bool whole = chosen->reader->reduce == nullptr || chosen->selector->beside;
    return whole ? std::string(as_text(content)) : chosen->reader->reduce(path, content);
}

std::string_view kept(const oci::View& view, std::string_view path) {
    const auto* found = view.find(path);
    return found && found->entry->content ? std::string_view(*found->entry->content) : std::string_view();
}

std::string database_path(std::string_view path) {
    while (path.starts_with('/') || path.starts_with("./")) path.remove_prefix(path[0] == '/' ? 1 : 2);
    auto out = archive::clean_path(path);
    return out ? std::move(*out) : std::string();
}

InstalledPackage language_package(std::string_view type, std::string_view name, std::string_view version,
                                  const std::string& evidence) {
    InstalledPackage out;
    out.package.type = type;
    out.package.name = out.package.source = name;
    out.package.version = out.package.source_version = version;
    out.package.evidence = evidence;
    return out;
}

Result<Gathered> gather(const oci::View& view) {
    Gathered out;
    for (const auto& [path, seen] : view.entries()) {
        const auto& entry = *seen.entry;
        if (entry.type == archive::EntryType::directory) continue;
        // What was reduced has its first bytes no more; that it was kept says that they were right.
        auto chosen = choose(path, "");
        bool is_link = entry.type == archive::EntryType::symlink;
        bool there = entry.content || entry.too_large || (is_link && chosen && chosen->reader->distribution);
        if (chosen && there && !chosen->selector->beside)
            TRY(read_one(*chosen->reader, view, path, out));
        else if (entry.type != archive::EntryType::file || entry.size > 0)
            note_unsupported(path, out);
        if (out.others.size() > most_packages)
            return fail(ErrorCode::limit, fmt::format("the image has more than {} packages", most_packages));
    }
    return out;
}

}  // namespace pith::inventory::packages
