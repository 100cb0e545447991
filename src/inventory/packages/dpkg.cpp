#include "inventory/packages/dpkg.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "inventory/packages/all_readers.h"
#include "pkg/deb/deb822.h"

namespace pith::inventory::packages {

namespace {

constexpr std::string_view status_folder = "var/lib/dpkg/status.d/";
constexpr std::string_view info_folder = "var/lib/dpkg/info/";
constexpr std::string_view checksums = ".md5sums";
constexpr std::size_t most_packages = 100'000;

// "name (version)", or a name alone; what is missing is the package's own.
void read_source(std::string_view field, Package& package) {
    auto open = std::min(field.find('('), field.size());
    package.source = trim(field.substr(0, open));
    auto version = field.substr(std::min(open + 1, field.size()));
    package.source_version = trim(version.substr(0, version.find(')')));
    if (package.source.empty()) package.source = package.name;
    if (package.source_version.empty()) package.source_version = package.version;
}

// "Conffiles:" has a line a file: its path, its MD5, perhaps "obsolete".
void add_conffiles(const pkg::deb::Stanza& stanza, std::vector<std::string>& paths) {
    auto field = stanza.find("Conffiles");
    if (!field) return;
    for (auto line : pkg::deb::value_lines(*field))
        if (auto path = database_path(line.substr(0, line.find(' '))); !path.empty()) paths.push_back(std::move(path));
}

// "install ok installed"; the files of status.d have no such field. Whatever state a package is in, its files are
// there, but for two (dpkg(1), "Package states").
bool is_there(const pkg::deb::Stanza& stanza) {
    auto status = stanza.find("Status");
    auto parts = words(status.value_or(""));
    return parts.empty() || (parts.back() != "not-installed" && parts.back() != "config-files");
}

// Each line of a `.list` is a path; each of a `.md5sums` is a sum, two spaces and a path.
void add_listed(std::string_view text, bool with_sums, std::vector<std::string>& paths) {
    for (auto line : split(text, '\n')) {
        if (with_sums) line.remove_prefix(std::min(line.find("  "), line.size()));
        if (auto path = database_path(trim(line)); !path.empty()) paths.push_back(std::move(path));
    }
}

void add_lists(const oci::View& view, InstalledPackage& installed) {
    const auto& package = installed.package;
    if (package.evidence.starts_with(status_folder))
        return add_listed(kept(view, package.evidence + std::string(checksums)), true, installed.paths);
    // Packages that can be there for several architectures have theirs in the name of the file.
    for (const auto& name : {package.name, package.name + ":" + package.architecture}) {
        auto stem = std::string(info_folder) + name;
        if (auto text = kept(view, stem + ".list"); !text.empty()) return add_listed(text, false, installed.paths);
        if (auto text = kept(view, stem + ".md5sums"); !text.empty()) return add_listed(text, true, installed.paths);
    }
}

// Whoever has a list of files was installed, at least once; a status that names it in no state was cut, or changed.
void check_lists(const Source& source) {
    constexpr std::string_view extension = ".list", field = "Package: ";
    std::set<std::string_view> named;
    for (auto line : split(source.content, '\n'))
        if (line.starts_with(field)) named.insert(trim(line.substr(field.size())));
    const auto& entries = source.view.entries();
    for (auto it = entries.lower_bound(info_folder); it != entries.end() && it->first.starts_with(info_folder); ++it) {
        std::string_view name(it->first);
        if (!name.ends_with(extension)) continue;
        name = name.substr(info_folder.size(), name.size() - info_folder.size() - extension.size());
        if (!named.contains(name.substr(0, name.find(':'))))
            source.unread.push_back({it->first, fmt::format("a package that /{} does not name", source.path)});
    }
}

Result<> read(const Source& source) {
    source.found = TRY(read_status(source.content, source.path));
    for (auto& installed : source.found) add_lists(source.view, installed);
    if (!source.path.starts_with(status_folder)) check_lists(source);
    return {};
}

constexpr Selector selectors[] = {
    {"var/lib/dpkg/status", 64 * MiB},
    {"*.list", 32 * MiB, true},
    {"*.md5sums", 8 * MiB, true},
    {"var/lib/dpkg/status.d/*", 8 * MiB},
};

}  // namespace

constinit const Reader dpkg_reader{.name = "dpkg", .selectors = selectors, .read = read, .distribution = true};

Result<std::vector<InstalledPackage>> read_status(std::string_view text, const std::string& path) {
    std::vector<InstalledPackage> out;
    pkg::deb::StanzaReader reader(text, "/" + path);
    pkg::deb::Stanza stanza;
    while (TRY(reader.next(stanza))) {
        if (!is_there(stanza)) continue;
        auto name = stanza.find("Package"), version = stanza.find("Version");
        if (!name || !version)
            return fail(ErrorCode::format, fmt::format("/{}:{}: a package without {}", printable(path), stanza.line(),
                                                       name ? "Version" : "Package"));
        if (out.size() == most_packages)
            return fail(ErrorCode::limit, fmt::format("/{} has more than {} packages", path, most_packages));
        auto& installed = out.emplace_back();
        auto& package = installed.package;
        package.name = *name;
        package.version = *version;
        package.architecture = stanza.find("Architecture").value_or("");
        package.maintainer = stanza.find("Maintainer").value_or("");
        package.homepage = stanza.find("Homepage").value_or("");
        package.evidence = path;
        read_source(stanza.find("Source").value_or(""), package);
        add_conffiles(stanza, installed.paths);
    }
    return out;
}

}  // namespace pith::inventory::packages
