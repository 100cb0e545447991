#include "inventory/read_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <numeric>

#include "base/text.h"
#include "inventory/copyright.h"
#include "inventory/declared_licence.h"
#include "inventory/inventory_record.h"
#include "inventory/packages/catalog.h"
#include "inventory/purl.h"

namespace pith::inventory {

using archive::EntryType;
using packages::InstalledPackage;

namespace {

constexpr std::string_view doc_folder = "usr/share/doc/";
constexpr std::string_view release_files[] = {"etc/os-release", "usr/lib/os-release"};
constexpr std::string_view debian_version = "etc/debian_version";
constexpr std::size_t most_unread_notes = 20;
constexpr std::size_t most_record = 256 * MiB;  // what is larger is made anew each time

const oci::Selection& selection(FileDigests digests) {
    static const oci::Selection all{"inventory 5", packages::most_of, packages::reduce};
    static const oci::Selection packages_only{"inventory 5, packages", packages::most_of, packages::reduce, false};
    return digests == FileDigests::taken ? all : packages_only;
}

// What is found depends on the layers, and on how they are read, of which the selection's name says the version.
Digest record_key(const oci::Image& image, FileDigests digests) {
    auto key = fmt::format("inventory, {}", selection(digests).name);
    for (const auto& layer : image.layers)
        key += fmt::format("\n{} {}", layer.descriptor.digest.text(), layer.diff_id.text());
    return sha256(key);
}

std::string_view content(const oci::View& view, std::string_view path) { return packages::kept(view, path); }

// os-release(5): shell-like assignments, perhaps in quotes.
std::string assigned(std::string_view text, std::string_view key) {
    for (auto line : split(text, '\n')) {
        if (!line.starts_with(key) || !line.substr(key.size()).starts_with('=')) continue;
        auto value = trim(line.substr(key.size() + 1));
        if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0])
            value = value.substr(1, value.size() - 2);
        return std::string(value);
    }
    return {};
}

bool is_point_release(std::string_view text) {
    return !text.empty() && text.contains('.') && text.find_first_not_of("0123456789.") == text.npos;
}

Distribution read_distribution(const oci::View& view) {
    Distribution out;
    for (auto path : release_files) {
        auto text = content(view, path);
        if (text.empty()) continue;
        out = {assigned(text, "ID"),
               assigned(text, "VERSION_ID"),
               assigned(text, "VERSION_CODENAME"),
               assigned(text, "PRETTY_NAME"),
               {}};
        break;
    }
    // "13.8", of which os-release says only 13; in testing it is "forky/sid".
    auto exact = trim(content(view, debian_version));
    if (out.id == "debian" && is_point_release(exact)) out.full_version = exact;
    return out;
}

std::vector<File> read_files(const oci::View& view) {
    std::vector<File> out;
    for (const auto& [path, seen] : view.entries()) {
        const auto& entry = *seen.entry;
        if (entry.type == EntryType::directory) continue;
        out.push_back({path, entry.type, entry.mode, entry.uid, entry.gid, entry.size, entry.link, entry.sha256,
                       entry.sha1, seen.layer, unowned});
    }
    return out;
}

// Where each path stands in the sorted files; `place` finds what is reached over links among the folders.
class Owners {
public:
    Owners(const oci::View& view, std::vector<File>& files) : m_view(view), m_files(files) {}

    // Gives the position of the file, `unowned` where it is missing or a folder.
    std::size_t find(const std::string& path) {
        if (auto at = position(path); at != unowned) return at;
        auto slash = path.rfind('/');
        if (slash == path.npos) return unowned;
        auto& folder = m_folders.try_emplace(path.substr(0, slash), std::nullopt).first->second;
        if (!folder) folder = m_view.resolve(std::string_view(path).substr(0, slash)).value_or("");
        return folder->empty() ? unowned : position(*folder + path.substr(slash));
    }

    bool exists(const std::string& path) const { return m_view.find(path) != nullptr; }

private:
    std::size_t position(std::string_view path) const {
        auto it = std::ranges::lower_bound(m_files, path, {}, &File::path);
        return it != m_files.end() && it->path == path ? static_cast<std::size_t>(it - m_files.begin()) : unowned;
    }

    const oci::View& m_view;
    std::vector<File>& m_files;
    std::map<std::string, std::optional<std::string>> m_folders;
};

void tidy(std::vector<std::size_t>& list) {
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

// A distribution's packages, of which the first by name owns a file that several list.
void set_owners(Owners& owners, const std::vector<InstalledPackage>& installed, Inventory& inventory) {
    for (std::size_t i = 0; i < installed.size(); ++i) {
        auto& package = inventory.packages[i];
        auto own = [&](std::size_t at) {
            if (inventory.files[at].package == unowned) {
                inventory.files[at].package = i;
                package.files.push_back(at);
            }
            package.layers.push_back(inventory.files[at].layer);
        };
        for (const auto& path : installed[i].paths) {
            if (auto at = owners.find(path); at != unowned)
                own(at);
            else if (!owners.exists(path))
                ++package.missing;
        }
        // A database that is one package's own (status.d) is its file; a common one says where it is if nothing else
        // does.
        bool own_database = package.evidence.contains("/status.d/");
        if (auto at = owners.find(package.evidence); at != unowned && (own_database || package.layers.empty())) {
            if (own_database)
                own(at);
            else
                package.layers.push_back(inventory.files[at].layer);
        }
        if (auto at = owners.find(package.evidence + ".md5sums"); at != unowned) own(at);
        tidy(package.layers);
        tidy(package.files);
    }
}

// A package that no distribution installed owns those of its files that nobody else does. Where a distribution's
// package owns the file that gives evidence of it, which its list has first, it is part of that package.
void add_others(Owners& owners, std::vector<InstalledPackage> others, Inventory& inventory) {
    auto distribution = inventory.packages.size();
    for (auto& each : others) {
        auto& package = each.package;
        package.purl = package_purl(package, inventory.distribution);
        auto first = each.paths.empty() ? unowned : owners.find(each.paths[0]);
        auto owner = first == unowned ? unowned : inventory.files[first].package;
        if (owner < distribution) {
            inventory.packages[owner].joined.push_back({package.purl, package.evidence});
            continue;
        }
        for (const auto& path : each.paths) {
            auto at = owners.find(path);
            if (at == unowned) continue;
            package.layers.push_back(inventory.files[at].layer);
            if (inventory.files[at].package != unowned) continue;
            inventory.files[at].package = inventory.packages.size();
            package.files.push_back(at);
        }
        tidy(package.layers);
        tidy(package.files);
        inventory.packages.push_back(std::move(package));
    }
    for (auto& package : inventory.packages) std::ranges::sort(package.joined);
}

// What could not be read, but for what a distribution's package brought, whose facts are known.
void add_unread(Owners& owners, std::vector<Unread> unread, Inventory& inventory) {
    for (auto& each : unread) {
        auto at = owners.find(each.path);
        bool owned = at != unowned && inventory.files[at].package != unowned;
        if (!owned) inventory.unread.push_back(std::move(each));
    }
}

// Packages by name, version and architecture, and then by where they are.
void sort_packages(Inventory& inventory) {
    std::vector<std::size_t> order(inventory.packages.size()), place(order.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) {
        const auto& each = inventory.packages[i];
        return std::tie(each.name, each.version, each.architecture, each.purl, each.evidence);
    });
    std::vector<Package> sorted;
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        sorted.push_back(std::move(inventory.packages[order[i]]));
    }
    inventory.packages = std::move(sorted);
    for (auto& file : inventory.files)
        if (file.package != unowned) file.package = place[file.package];
}

// Of Debian's packages from their copyright files, of others what they declare.
void read_licences(const oci::View& view, Inventory& inventory) {
    std::map<std::string, LicenceText> texts;
    std::map<std::string, std::string, std::less<>> expressions;  // several packages may share a file
    for (auto& package : inventory.packages) {
        if (package.type != "deb") {
            auto declared = declared_licence(package.licence);
            for (auto& each : declared.texts) texts.try_emplace(each.id, std::move(each));
            package.licence = std::move(declared.expression);
            continue;
        }
        auto path = fmt::format("{}{}/copyright", doc_folder, package.name);
        auto place = view.resolve(path);
        if (!place) continue;
        auto text = content(view, *place);
        if (text.empty()) {
            inventory.notes.push_back(fmt::format("/{} is empty, no file, or larger than {}, and was not read",
                                                  printable(path), human_size(most_copyright_bytes)));
            continue;
        }
        auto known = expressions.find(*place);
        if (known == expressions.end()) {
            auto copyright = read_copyright(text, package.source);
            for (auto& each : copyright.texts) texts.try_emplace(each.id, std::move(each));
            known = expressions.emplace(*place, std::move(copyright.expression)).first;
        }
        package.licence = known->second;
    }
    for (auto& [id, text] : texts) inventory.licence_texts.push_back(std::move(text));
}

// What a reader of package facts should know.
void note_gaps(Inventory& inventory) {
    for (std::size_t i = 0; i < inventory.unread.size() && i < most_unread_notes; ++i)
        inventory.notes.push_back(
            fmt::format("not read: /{}: {}", printable(inventory.unread[i].path), printable(inventory.unread[i].what)));
    if (inventory.unread.size() > most_unread_notes)
        inventory.notes.push_back(fmt::format("not read: {} files more", inventory.unread.size() - most_unread_notes));
    if (inventory.distribution.id.empty())
        inventory.notes.emplace_back("there is no os-release: the distribution is not known");
    bool database = std::ranges::any_of(inventory.packages, [](const Package& each) {
        return each.type == "deb" || each.type == "apk" || each.type == "rpm";
    });
    if (!database) inventory.notes.emplace_back("no package database was found: what is installed is not known");
}

// Seconds of RFC 3339 without a fraction, which Docker writes; the epoch where there is no such time.
std::string whole_seconds(std::string_view created) {
    constexpr std::string_view form = "0000-00-00T00:00:00";
    bool good = created.size() > form.size() && created.ends_with('Z');
    for (std::size_t i = 0; good && i < form.size(); ++i)
        good = form[i] == '0' ? created[i] >= '0' && created[i] <= '9' : created[i] == form[i];
    return good ? std::string(created.substr(0, form.size())) + "Z" : "1970-01-01T00:00:00Z";
}

std::string name_of(const oci::Destination& place) {
    if (place.kind == oci::Destination::Kind::registry) {
        auto name = place.reference.substr(0, place.reference.find('@'));
        name = name.substr(name.rfind('/') + 1);
        return name.substr(0, name.find(':'));
    }
    if (!place.reference.empty() && place.kind != oci::Destination::Kind::docker_archive) return place.reference;
    auto name = place.reference.empty() ? place.path.filename().string() : place.reference;
    name = name.substr(name.rfind('/') + 1);
    return name.substr(0, name.find(':'));
}

Result<Inventory> take_inventory_cached(const oci::Image& image, const Cache& cache, ThreadPool& pool,
                                        FileDigests digests) {
    auto key = record_key(image, digests);
    if (auto record = cache.mapped_record("inventories", key))
        if (auto known = from_record(as_text(record->payload), image.layers.size())) return std::move(*known);
    auto view = TRY(view_of(image, cache, pool, digests));
    auto out = TRY(take_inventory(view));
    auto record = to_record(out);
    if (record.size() <= most_record) TRY(cache.put_record("inventories", key, record));
    return out;
}

}  // namespace

Result<Inventory> take_inventory(const oci::View& view) {
    Inventory out;
    out.distribution = read_distribution(view);
    out.files = read_files(view);
    auto gathered = TRY(packages::gather(view));
    auto& installed = gathered.distribution;
    std::ranges::stable_sort(installed, {}, [](const InstalledPackage& each) {
        return std::tie(each.package.name, each.package.version, each.package.architecture);
    });
    for (auto& each : installed) {
        each.package.purl = package_purl(each.package, out.distribution);
        out.packages.push_back(each.package);
    }
    Owners owners(view, out.files);
    set_owners(owners, installed, out);
    add_others(owners, std::move(gathered.others), out);
    add_unread(owners, std::move(gathered.unread), out);
    sort_packages(out);
    read_licences(view, out);
    note_gaps(out);
    return out;
}

Result<oci::View> view_of(const oci::Image& image, const Cache& cache, ThreadPool& pool, FileDigests digests) {
    return oci::View::merge(TRY(oci::list_layers(image, selection(digests), cache, pool)));
}

Result<Inventory> read_image(const oci::OpenedImage& image, std::string name, const Cache& cache, ThreadPool& pool,
                             FileDigests digests) {
    auto out = TRY(take_inventory_cached(image.image, cache, pool, digests));
    out.name = std::move(name);
    out.digest = image.name;
    out.platform = image.image.config.platform;
    out.created = whole_seconds(image.image.config.created);
    for (const auto& layer : image.image.layers)
        out.layers.push_back({layer.descriptor, layer.diff_id, layer.created_by});
    return out;
}

Result<Inventory> read_folder(const std::filesystem::path& folder, FileDigests digests) {
    auto view = oci::View::of_folder(TRY(oci::list_folder(folder, selection(digests))));
    auto out = TRY(take_inventory(view));
    out.created = whole_seconds("");
    return out;
}

Result<Inventory> read_place(const oci::Destination& place, const std::optional<oci::Platform>& platform,
                             oci::registry::Registries& registries, const Cache& cache, ThreadPool& pool,
                             FileDigests digests) {
    if (place.kind == oci::Destination::Kind::root_folder) {
        auto out = TRY(context(read_folder(place.path, digests), place.text()));
        out.name = name_of(place);
        return out;
    }
    auto image = TRY(oci::open_image(place, platform, registries));
    return context(read_image(image, name_of(place), cache, pool, digests), place.text());
}

void join(Inventory& inventory, BuildFacts facts) {
    std::map<std::tuple<std::string, std::string, std::string>, BuiltPackage> known;
    for (auto& each : facts.packages) known.try_emplace({each.name, each.version, each.architecture}, std::move(each));
    for (auto& package : inventory.packages)
        if (auto found = known.find({package.name, package.version, package.architecture}); found != known.end())
            package.built = std::move(found->second);
    std::ranges::move(facts.notes, std::back_inserter(inventory.notes));
}

}  // namespace pith::inventory
