#include "compose/lay_out.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/path_rules.h"
#include "pkg/deb/control.h"

namespace pith::compose {

using archive::EntryType;

namespace {

using Role = LockedPackage::Role;

class Layout {
public:
    Layout(const PlanInputs& inputs, Plan& plan) : m_inputs(inputs), m_plan(plan) {
        for (const auto& rule : path_rules())
            plan.left_out.push_back({std::string(rule.name), std::string(rule.reason)});
    }

    // Folders and links first, so that files find the folders they are really in, whatever the order.
    Result<> run() {
        for (int package : precedence())
            for (const auto& entry : entries(package))
                if (entry.type == EntryType::directory || entry.type == EntryType::symlink) TRY(add(package, entry));
        for (int package : precedence())
            for (const auto& entry : entries(package))
                if (entry.type == EntryType::file || entry.type == EntryType::hardlink) TRY(add(package, entry));
        link_merged_folders();
        drop_dangling_documentation();
        TRY(check_keep());
        return check_parts();
    }

private:
    // Package indices with base-files first, else in the lock's order (by name).
    std::vector<int> precedence() const {
        std::vector<int> order;
        for (int i = 0; i < static_cast<int>(m_plan.packages.size()); ++i) order.push_back(i);
        std::stable_partition(order.begin(), order.end(), [&](int i) {
            return m_plan.packages[static_cast<std::size_t>(i)].facts.name == "base-files";
        });
        return order;
    }

    PlannedPackage& planned(int package) { return m_plan.packages[static_cast<std::size_t>(package)]; }
    const std::vector<ShippedEntry>& entries(int package) { return planned(package).facts.entries; }

    Result<> add(int package, const ShippedEntry& entry) {
        auto path = merge_usr(entry.path);
        if (path.empty()) return {};
        switch (planned(package).locked.role) {
            case Role::certificates: return {};
            case Role::part: return add_part(package, entry, path);
            case Role::installed: break;
        }
        if (is_merged_folder(path) && entry.type == EntryType::directory) {
            m_merged_folders.insert(path);
            return {};
        }
        if (path.starts_with("usr/") && path.size() != entry.path.size())
            m_merged_folders.insert(entry.path.substr(0, entry.path.find('/')));
        if (auto rule = left_out_by("/" + path, entry.type, m_inputs.definition.contents.keep)) {
            if (entry.type == EntryType::directory) return {};
            auto& left_out = m_plan.left_out[*rule];
            ++left_out.files;
            left_out.bytes += entry.size;
            return {};
        }
        return place(package, entry, path);
    }

    // Each item of contents.parts that names the package may take the path, and may put it elsewhere.
    Result<> add_part(int package, const ShippedEntry& entry, const std::string& path) {
        const auto& parts = m_inputs.definition.contents.parts;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (parts[i].package != planned(package).facts.name) continue;
            bool taken = std::any_of(parts[i].paths.begin(), parts[i].paths.end(), [&](const auto& pattern) {
                return matches_glob(pattern, "/" + path) || matches_glob(pattern, "/" + entry.path);
            });
            if (!taken || (entry.type == EntryType::directory && !parts[i].to.empty())) continue;
            if (!parts[i].to.empty() && m_parts_used.contains(i))
                return fail(
                    ErrorCode::usage,
                    fmt::format("contents.parts: several files of {} match, but 'to' places one", parts[i].package));
            m_parts_used.insert(i);
            TRY(place(package, entry, parts[i].to.empty() ? path : parts[i].to.substr(1)));
        }
        return {};
    }

    // A pattern of contents.keep that keeps nothing was meant otherwise.
    Result<> check_keep() {
        for (const auto& pattern : m_inputs.definition.contents.keep) {
            auto ships = [&](const PlannedPackage& package) {
                return package.locked.role == Role::installed &&
                       std::ranges::any_of(package.facts.entries, [&](const ShippedEntry& entry) {
                           return matches_glob(pattern, "/" + merge_usr(entry.path));
                       });
            };
            if (std::ranges::none_of(m_plan.packages, ships))
                return fail(ErrorCode::usage,
                            fmt::format("contents.keep: no package of the image ships a path that matches '{}'",
                                        printable(pattern)));
        }
        return {};
    }

    Result<> check_parts() {
        const auto& parts = m_inputs.definition.contents.parts;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            bool whole = installed(parts[i].package);
            if (whole && !parts[i].to.empty())
                return fail(ErrorCode::usage,
                            fmt::format("contents.parts: {} is in the image as a whole, so 'to' cannot "
                                        "place a file of it; add a link in 'paths' instead",
                                        parts[i].package));
            if (!m_parts_used.contains(i) && !whole)
                return fail(ErrorCode::usage, fmt::format("contents.parts: no path of {} matches {}", parts[i].package,
                                                          join(parts[i].paths, ", ")));
        }
        return {};
    }

    bool installed(const std::string& name) const {
        return std::any_of(m_plan.packages.begin(), m_plan.packages.end(),
                           [&](const auto& p) { return p.facts.name == name && p.locked.role == Role::installed; });
    }

    // Where a diversion sends the path of a package that did not ask for it.
    const std::string& diverted(int package, const std::string& path) const {
        auto found = m_plan.diversions.find(path);
        return found == m_plan.diversions.end() || found->second.package == package ? path : found->second.to;
    }

    Result<> place(int package, const ShippedEntry& entry, const std::string& shipped_path) {
        auto path =
            TRY(context(m_plan.tree.resolve_parent(diverted(package, shipped_path)), planned(package).facts.name));
        TreeNode node;
        node.type = entry.type;
        node.mode = entry.mode;
        node.uid = entry.uid;
        node.gid = entry.gid;
        node.mtime = entry.mtime;
        node.size = entry.size;
        node.link = entry.link;
        node.owner = package;
        if (entry.type == EntryType::file || entry.type == EntryType::hardlink) {
            node.content_package = package;
            node.content_path = entry.path;
            if (entry.type == EntryType::hardlink) TRY(take_content(package, entry, node));
        }
        if (entry.type == EntryType::directory) node.owner = owned_by_image;
        if (auto* there = m_plan.tree.find(path)) return settle(path, *there, std::move(node));
        m_plan.tree.put(path, std::move(node));
        return {};
    }

    // While the tree is planned every name of a file is a file of its own; settle_hard_links joins them again.
    Result<> take_content(int package, const ShippedEntry& entry, TreeNode& node) {
        const auto& all = entries(package);
        auto first = std::ranges::lower_bound(all, entry.link, {}, &ShippedEntry::path);
        if (first == all.end() || first->path != entry.link || first->type != EntryType::file)
            return fail(ErrorCode::format,
                        fmt::format("{}: '/{}' is a hard link to '/{}', which is no file of the package",
                                    planned(package).facts.name, entry.path, entry.link));
        node.type = EntryType::file;
        node.link.clear();
        node.content_path = first->path;
        node.size = first->size;
        return {};
    }

    // Two entries for one path: the rules that dpkg follows.
    Result<> settle(const std::string& path, TreeNode& there, TreeNode node) {
        bool there_folder = there.type == EntryType::directory, folder = node.type == EntryType::directory;
        if (there_folder && folder) {
            // A folder made on the way to another path is nobody's yet.
            if (there.mtime == undated)
                there = std::move(node);
            else
                there.mtime = std::max(there.mtime, node.mtime);
            return {};
        }
        if (folder && there.type == EntryType::symlink) return {};
        if (there_folder && node.type == EntryType::symlink) return {};
        if (there_folder)
            return fail(ErrorCode::conflict, fmt::format("{} brings the file '/{}', which is a folder in the image",
                                                         planned(node.owner).facts.name, path));
        if (there.owner == node.owner)
            return fail(ErrorCode::format, fmt::format("{} ships '/{}' twice", planned(node.owner).facts.name, path));
        if (TRY(replaces(node.owner, there.owner))) {
            m_plan.tree.put(path, std::move(node));
            return {};
        }
        if (TRY(replaces(there.owner, node.owner))) return {};
        return fail(
            ErrorCode::conflict,
            fmt::format("'/{}' is shipped by {} and by {}, and neither replaces the other; leave one of them out", path,
                        planned(there.owner).facts.name, planned(node.owner).facts.name));
    }

    // As the package itself says: a lock does not hold it.
    Result<bool> replaces(int package, int other) {
        auto mine = TRY(context(pkg::deb::read_control(planned(package).facts.control), planned(package).facts.name));
        const auto& theirs = planned(other).facts;
        return std::any_of(mine.replaces.begin(), mine.replaces.end(), [&](const pkg::Relation& relation) {
            return relation.name == theirs.name && pkg::satisfies(mine.format, theirs.version, relation);
        });
    }

    // Where packages still ship the folders themselves, the image brings the links (base-files does in trixie).
    void link_merged_folders() {
        for (const auto& folder : m_merged_folders) {
            if (m_plan.tree.find(folder)) continue;
            TreeNode link;
            link.type = EntryType::symlink;
            link.mode = 0777;
            link.link = "usr/" + folder;
            m_plan.tree.put(folder, std::move(link));
            if (m_plan.tree.find("usr/" + folder)) continue;
            TreeNode target;
            target.type = EntryType::directory;
            target.mode = 0755;
            m_plan.tree.put("usr/" + folder, std::move(target));
        }
    }

    // A documentation folder that is a link to that of a package which is not in the image leads nowhere.
    void drop_dangling_documentation() {
        std::vector<std::string> dangling;
        for (const auto& [path, node] : m_plan.tree.nodes())
            if (node.type == EntryType::symlink && matches_glob("usr/share/doc/**", path) && !m_plan.tree.resolve(path))
                dangling.push_back(path);
        for (const auto& path : dangling) {
            ++m_plan.left_out[0].files;
            m_plan.tree.remove(path);
        }
    }

    const PlanInputs& m_inputs;
    Plan& m_plan;
    std::set<std::string> m_merged_folders;
    std::set<std::size_t> m_parts_used;
};

}  // namespace

Result<> lay_out(const PlanInputs& inputs, Plan& plan) { return Layout(inputs, plan).run(); }

Result<> drop_setuid(const std::vector<std::string>& keep, Plan& plan) {
    std::set<std::string> unused(keep.begin(), keep.end());
    plan.tree.for_each_below("", [&](const std::string& path, TreeNode& node) {
        if (node.type != EntryType::file || (node.mode & 06000) == 0) return;
        if (std::find(keep.begin(), keep.end(), "/" + path) != keep.end()) {
            unused.erase("/" + path);
            return;
        }
        node.mode &= 01777;
        plan.bits_dropped.push_back("/" + path);
    });
    if (unused.empty()) return {};
    return fail(ErrorCode::usage,
                fmt::format("setuid: no package of the image brings a setuid or setgid file '{}'", *unused.begin()));
}

void settle_hard_links(Plan& plan) {
    // Content, mode and owner → the first path that has them.
    std::map<std::tuple<int, std::string, std::uint32_t, std::uint32_t, std::uint32_t>, std::string> first;
    plan.tree.for_each_below("", [&](const std::string& path, TreeNode& node) {
        if (node.type != EntryType::file || node.owner < 0 || node.content_package != node.owner) return;
        auto [it, is_first] = first.try_emplace({node.owner, node.content_path, node.mode, node.uid, node.gid}, path);
        if (is_first) return;
        node.type = EntryType::hardlink;
        node.link = it->second;
        node.size = 0;
    });
}

}  // namespace pith::compose
