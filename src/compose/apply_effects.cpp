#include "compose/apply_effects.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/path_rules.h"

namespace pith::compose {

using archive::EntryType;
using Kind = Action::Kind;

namespace {

class Evaluation {
public:
    Evaluation(const AccountIds& ids, Plan& plan) : m_ids(ids), m_plan(plan), m_tree(plan.tree) {}

    Result<> apply(const PackageAction& item) {
        m_item = &item;
        return context(carry_out(item.action), item.script);
    }

    Result<> link_alternatives();

    std::set<std::string> triggers;

private:
    Result<> carry_out(const Action& action) {
        if (!action.when.empty() && !present(action.when)) return {};
        switch (action.kind) {
            case Kind::user:
            case Kind::group: return {};
            case Kind::folder: return folder(action);
            case Kind::owner:
            case Kind::mode: return change(action);
            case Kind::link: return link(action);
            case Kind::copy: return copy(action);
            case Kind::file: return file(action);
            case Kind::remove: return remove(action);
            case Kind::alternative: return alternative(action);
            case Kind::trigger: triggers.insert(action.name); return {};
            case Kind::stop:
                return fail(ErrorCode::unmodelled,
                            fmt::format("{} ('{}' is in the image)", action.content, action.when));
            case Kind::divert:
            case Kind::tmpfiles: return {};  // done when they were collected
        }
        return {};
    }

    // A path, or a pattern that some path of the image must match.
    bool present(std::string_view path) const {
        if (path.find('*') == std::string_view::npos) return m_tree.resolve(path).has_value();
        const auto& nodes = m_tree.nodes();
        return std::any_of(nodes.begin(), nodes.end(),
                           [&](const auto& node) { return matches_glob(path.substr(1), node.first); });
    }

    // A path of an action as it is in the tree: below merged folders and through links, inside the root.
    Result<std::string> place(std::string_view path) {
        while (path.starts_with('/')) path.remove_prefix(1);
        return m_tree.resolve_parent(merge_usr(path));
    }

    Result<> set_owner(const Action& action, TreeNode& node) {
        auto id = [](const auto& ids, const std::string& name, std::string_view what) -> Result<std::uint32_t> {
            auto found = ids.find(name);
            if (found != ids.end()) return found->second;
            if (auto number = account_number(name)) return *number;
            return fail(ErrorCode::unmodelled, fmt::format("{} '{}' is not an account of the image", what, name));
        };
        if (!action.owner_user.empty()) node.uid = TRY(id(m_ids.users, action.owner_user, "user"));
        if (!action.owner_group.empty()) node.gid = TRY(id(m_ids.groups, action.owner_group, "group"));
        if (action.mode) node.mode = *action.mode;
        return {};
    }

    // What belonged to a package and is made otherwise now belongs to the image.
    TreeNode made(EntryType type, std::uint32_t mode) {
        TreeNode node;
        node.type = type;
        node.mode = mode;
        return node;
    }

    // True if something stands at the path and the action leaves it alone.
    bool occupied(const Action& action, const std::string& path) {
        return !action.replace && m_tree.find(path) != nullptr;
    }

    Result<> folder(const Action& action) {
        auto path = TRY(place(action.path));
        if (auto* there = m_tree.find(path); there && there->type == EntryType::directory) {
            // A folder that a package ships keeps its owner and mode, unless the script insists.
            return action.replace || there->mtime == undated ? set_owner(action, *there) : Result<>{};
        }
        if (occupied(action, path)) return {};
        auto node = made(EntryType::directory, 0755);
        TRY(set_owner(action, node));
        m_tree.remove(path);
        m_tree.put(path, std::move(node));
        return {};
    }

    Result<> change(const Action& action) {
        auto path = TRY(place(action.path));
        auto* node = m_tree.find(path);
        if (!node) return {};  // left out by a rule, or made only at run time
        TRY(set_owner(action, *node));
        return {};
    }

    Result<> link(const Action& action) {
        auto path = TRY(place(action.path));
        if (occupied(action, path)) return {};
        auto node = made(EntryType::symlink, 0777);
        node.link = action.target;
        auto inside = take_below(path);
        m_tree.put(path, std::move(node));
        // What packages ship in a folder that becomes a link is where the link leads: /var/run/x in /run/x.
        for (auto& [name, child] : inside) {
            auto at = TRY(m_tree.resolve_parent(path + "/" + name));
            if (!m_tree.find(at)) m_tree.put(at, std::move(child));
        }
        return {};
    }

    // Removes a path and gives what stood below it, by the path from there.
    std::vector<std::pair<std::string, TreeNode>> take_below(const std::string& path) {
        std::vector<std::pair<std::string, TreeNode>> out;
        m_tree.for_each_below(path, [&](const std::string& at, const TreeNode& node) {
            if (at != path) out.emplace_back(at.substr(path.size() + 1), node);
        });
        m_tree.remove(path);
        return out;
    }

    // Which package ships files at or below a path, and which: the one whose script it is, else the first that does.
    Result<std::pair<int, std::vector<const ShippedEntry*>>> shipped(const std::string& path) {
        auto in = [&](int package) {
            std::vector<const ShippedEntry*> found;
            for (const auto& entry : m_plan.packages[static_cast<std::size_t>(package)].facts.entries)
                if (auto at = merge_usr(entry.path);
                    entry.type == EntryType::file && (at == path || at.starts_with(path + "/")))
                    found.push_back(&entry);
            return found;
        };
        if (auto found = in(m_item->package); !found.empty()) return std::pair{m_item->package, std::move(found)};
        for (int i = 0; i < static_cast<int>(m_plan.packages.size()); ++i)
            if (auto found = in(i); !found.empty()) return std::pair{i, std::move(found)};
        return fail(ErrorCode::unmodelled, fmt::format("copies '/{}', which no package of the image ships", path));
    }

    // One file, or every file below a folder.
    Result<> copy(const Action& action) {
        const auto from = merge_usr(action.target.substr(1));
        auto [package, entries] = TRY(shipped(from));
        for (const auto* entry : entries) {
            auto path = TRY(place(action.path + merge_usr(entry->path).substr(from.size())));
            if (occupied(action, path)) continue;
            auto node = made(EntryType::file, entry->mode);
            node.mtime = entry->mtime;
            node.size = entry->size;
            node.content_package = package;
            node.content_path = entry->path;
            TRY(set_owner(action, node));
            m_tree.put(path, std::move(node));
        }
        return {};
    }

    Result<> file(const Action& action) {
        auto path = TRY(place(action.path));
        if (occupied(action, path)) return {};
        auto node = made(EntryType::file, 0644);
        node.content = std::make_shared<const std::string>(action.content);
        node.size = action.content.size();
        TRY(set_owner(action, node));
        m_tree.put(path, std::move(node));
        return {};
    }

    Result<> remove(const Action& action) {
        m_tree.remove(TRY(place(action.path)));
        return {};
    }

    Result<> alternative(const Action& action) {
        auto [it, is_new] = m_alternatives.try_emplace(action.name, action);
        if (!is_new && action.priority > it->second.priority) it->second = action;
        return {};
    }

    Result<> put_link(const std::string& at, const std::string& to) {
        Action action;
        action.kind = Kind::link;
        action.path = at;
        action.target = to;
        action.replace = true;
        return link(action);
    }

    const AccountIds& m_ids;
    Plan& m_plan;
    Tree& m_tree;
    const PackageAction* m_item = nullptr;
    std::map<std::string, Action> m_alternatives;  // by name: the one with the highest priority
};

// update-alternatives(1): LINK → /etc/alternatives/NAME → TARGET, with its slaves where their targets exist.
Result<> Evaluation::link_alternatives() {
    for (const auto& [name, action] : m_alternatives) {
        TRY(put_link(action.path, "/etc/alternatives/" + name));
        TRY(put_link("/etc/alternatives/" + name, action.target));
        for (const auto& slave : action.slaves) {
            auto target = m_tree.resolve(merge_usr(slave.target.substr(1)));
            if (!target) continue;
            TRY(put_link(slave.link, "/etc/alternatives/" + slave.name));
            TRY(put_link("/etc/alternatives/" + slave.name, slave.target));
        }
    }
    return {};
}

}  // namespace

Result<std::set<std::string>> apply_actions(const std::vector<PackageAction>& actions, const AccountIds& ids,
                                            Plan& plan) {
    Evaluation effects(ids, plan);
    for (const auto& action : actions) TRY(effects.apply(action));
    TRY(effects.link_alternatives());
    return std::move(effects.triggers);
}

}  // namespace pith::compose
