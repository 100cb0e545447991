#include "inventory/dpkg.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "pkg/deb/deb822.h"

namespace pith::inventory {

namespace {

constexpr std::string_view database = "var/lib/dpkg/";
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

std::string clean(std::string_view path) {
    while (path.starts_with('/') || path.starts_with("./")) path.remove_prefix(path[0] == '/' ? 1 : 2);
    auto out = archive::clean_path(path);
    return out ? std::move(*out) : std::string();
}

// "Conffiles:" has a line a file: its path, its MD5, perhaps "obsolete".
void add_conffiles(const pkg::deb::Stanza& stanza, std::vector<std::string>& paths) {
    auto field = stanza.find("Conffiles");
    if (!field) return;
    for (auto line : pkg::deb::value_lines(*field))
        if (auto path = clean(line.substr(0, line.find(' '))); !path.empty()) paths.push_back(std::move(path));
}

// "install ok installed"; the files of status.d have no such field.
bool is_installed(const pkg::deb::Stanza& stanza) {
    auto status = stanza.find("Status");
    if (!status) return true;
    auto parts = words(*status);
    return parts.size() == 3 && (parts[2] == "installed" || parts[2].starts_with("trigger"));
}

const std::string* content(const oci::View& view, std::string_view path) {
    const auto* found = view.find(path);
    return found && found->entry->content ? &*found->entry->content : nullptr;
}

// Each line of a `.list` is a path; each of a `.md5sums` is a sum, two spaces and a path.
void add_listed(const std::string& text, bool with_sums, std::vector<std::string>& paths) {
    for (auto line : split(text, '\n')) {
        if (with_sums) line.remove_prefix(std::min(line.find("  "), line.size()));
        if (auto path = clean(trim(line)); !path.empty()) paths.push_back(std::move(path));
    }
}

void add_lists(const oci::View& view, InstalledPackage& installed) {
    const auto& package = installed.package;
    if (package.evidence.starts_with(status_folder)) {
        auto beside = package.evidence + std::string(checksums);
        if (const auto* text = content(view, beside)) add_listed(*text, true, installed.paths);
        return;
    }
    // Packages that can be there for several architectures have theirs in the name of the file.
    for (const auto& name : {package.name, package.name + ":" + package.architecture}) {
        auto stem = std::string(info_folder) + name;
        if (const auto* text = content(view, stem + ".list")) return add_listed(*text, false, installed.paths);
        if (const auto* text = content(view, stem + ".md5sums")) return add_listed(*text, true, installed.paths);
    }
}

}  // namespace

std::uint64_t most_of_dpkg_file(std::string_view path) {
    if (!path.starts_with(database)) return 0;
    if (path == "var/lib/dpkg/status") return 64 * MiB;
    if (path.starts_with(status_folder)) return 8 * MiB;
    bool is_list = path.ends_with(".list") || path.ends_with(checksums);
    return path.starts_with(info_folder) && is_list ? 32 * MiB : 0;
}

Result<std::vector<InstalledPackage>> read_status(std::string_view text, const std::string& path) {
    std::vector<InstalledPackage> out;
    pkg::deb::StanzaReader reader(text, "/" + path);
    pkg::deb::Stanza stanza;
    while (TRY(reader.next(stanza))) {
        if (!is_installed(stanza)) continue;
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

Result<std::vector<InstalledPackage>> read_dpkg(const oci::View& view, std::vector<std::string>& notes) {
    std::vector<InstalledPackage> out;
    auto add = [&](const std::string& path) -> Result<> {
        const auto* text = content(view, path);
        if (!text) {
            notes.push_back(fmt::format("/{} is larger than {} or no file, and was not read", printable(path),
                                        human_size(most_of_dpkg_file(path))));
            return {};
        }
        auto read = TRY(read_status(*text, path));
        std::ranges::move(read, std::back_inserter(out));
        return {};
    };
    const std::string status = "var/lib/dpkg/status";
    if (view.find(status)) TRY(add(status));
    const auto& entries = view.entries();
    for (auto it = entries.lower_bound(status_folder); it != entries.end() && it->first.starts_with(status_folder);
         ++it)
        if (!it->first.ends_with(checksums) && it->second.entry->type != archive::EntryType::directory)
            TRY(add(it->first));
    for (auto& installed : out) add_lists(view, installed);
    return out;
}

}  // namespace pith::inventory
