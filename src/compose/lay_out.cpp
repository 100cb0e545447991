#include "compose/lay_out.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/path_rules.h"

namespace pith::compose {

using archive::EntryType;

namespace {

using Role = LockedPackage::Role;

class Layout {
public:
    Layout(const PlanInputs& inputs, Plan& plan) : m_inputs(inputs), m_plan(plan) {
        for (const auto& rule : path_rules())
            plan.left_out.push_back({std::string(rule.name), std::string(rule.reason)});
        for (const auto& path : inputs.definition.setuid) m_setuid.insert(path);
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
        for (const auto& path : m_setuid)
            if (!m_setuid_used.contains(path))
                return fail(ErrorCode::usage,
                            fmt::format("setuid: no package ships a setuid or setgid file '{}'", path));
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

    Result<> check_parts() {
        const auto& parts = m_inputs.definition.contents.parts;
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (!m_parts_used.contains(i) && !installed(parts[i].package))
                return fail(ErrorCode::usage, fmt::format("contents.parts: no path of {} matches {}", parts[i].package,
                                                          join(parts[i].paths, ", ")));
        return {};
    }

    bool installed(const std::string& name) const {
        return std::any_of(m_plan.packages.begin(), m_plan.packages.end(),
                           [&](const auto& p) { return p.facts.name == name && p.locked.role == Role::installed; });
    }

    Result<> place(int package, const ShippedEntry& entry, const std::string& shipped_path) {
        auto path = TRY(context(m_plan.tree.resolve_parent(shipped_path), planned(package).facts.name));
        TreeNode node;
        node.type = entry.type;
        node.mode = entry.mode;
        node.uid = entry.uid;
        node.gid = entry.gid;
        node.mtime = entry.mtime;
        node.size = entry.size;
        node.link = entry.type == EntryType::hardlink ? merge_usr(entry.link) : entry.link;
        node.owner = package;
        if (entry.type == EntryType::file || entry.type == EntryType::hardlink) {
            node.content_package = package;
            node.content_path = entry.type == EntryType::hardlink ? entry.link : entry.path;
            drop_setuid(path, node);
        }
        if (entry.type == EntryType::directory) node.owner = owned_by_image;
        if (auto* there = m_plan.tree.find(path)) return settle(path, *there, std::move(node));
        m_plan.tree.put(path, std::move(node));
        return {};
    }

    void drop_setuid(const std::string& path, TreeNode& node) {
        if ((node.mode & 06000) == 0) return;
        if (m_setuid.contains("/" + path))
            m_setuid_used.insert("/" + path);
        else
            node.mode &= 01777;
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
        if (there.owner == node.owner)
            return fail(ErrorCode::format, fmt::format("{} ships '/{}' twice", planned(node.owner).facts.name, path));
        if (replaces(node.owner, there.owner)) {
            m_plan.tree.put(path, std::move(node));
            return {};
        }
        if (replaces(there.owner, node.owner)) return {};
        return fail(
            ErrorCode::conflict,
            fmt::format("'/{}' is shipped by {} and by {}, and neither replaces the other; leave one of them out", path,
                        planned(there.owner).facts.name, planned(node.owner).facts.name));
    }

    bool replaces(int package, int other) {
        const auto& mine = planned(package).locked.package;
        const auto& theirs = planned(other).locked.package;
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
    std::set<std::string> m_merged_folders, m_setuid, m_setuid_used;
    std::set<std::size_t> m_parts_used;
};

const ShippedEntry* shipped(const Plan& plan, const TreeNode& node) {
    const auto& entries = plan.packages[static_cast<std::size_t>(node.content_package)].facts.entries;
    auto entry = std::lower_bound(entries.begin(), entries.end(), node.content_path,
                                  [](const ShippedEntry& e, const std::string& path) { return e.path < path; });
    return entry == entries.end() || entry->path != node.content_path ? nullptr : &*entry;
}

// Of several names of one file the first in the order of paths is the file, so that in an archive the others
// come after it; it also stands in for a name that was left out.
void settle_hard_links(Plan& plan) {
    std::map<std::pair<int, std::string>, std::string> first;  // content → the first path that has it
    for (const auto& [path, unsettled] : plan.tree.nodes()) {
        if (unsettled.content_package < 0) continue;
        auto& node = *plan.tree.find(path);
        auto [it, is_first] = first.try_emplace({node.content_package, node.content_path}, path);
        node.type = is_first ? EntryType::file : EntryType::hardlink;
        node.link = is_first ? std::string() : it->second;
        node.size = 0;
        if (const auto* original = shipped(plan, node); is_first && original) node.size = original->size;
    }
}

}  // namespace

Result<> lay_out(const PlanInputs& inputs, Plan& plan) {
    TRY(Layout(inputs, plan).run());
    settle_hard_links(plan);
    return {};
}

}  // namespace pith::compose
