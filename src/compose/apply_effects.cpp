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
        if (!action.when.empty() && !m_tree.resolve(action.when)) return {};
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
            case Kind::tmpfiles: return {};  // became folders when it was collected
        }
        return {};
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

    // Which package ships a path: the one whose script it is, else the first that does.
    Result<std::pair<int, const ShippedEntry*>> shipped(std::string_view path) {
        while (path.starts_with('/')) path.remove_prefix(1);
        auto in = [&](int package) -> const ShippedEntry* {
            const auto& entries = m_plan.packages[static_cast<std::size_t>(package)].facts.entries;
            auto it = std::find_if(entries.begin(), entries.end(),
                                   [&](const auto& e) { return merge_usr(e.path) == merge_usr(path); });
            return it == entries.end() || it->type != EntryType::file ? nullptr : &*it;
        };
        if (const auto* entry = in(m_item->package)) return std::pair{m_item->package, entry};
        for (int i = 0; i < static_cast<int>(m_plan.packages.size()); ++i)
            if (const auto* entry = in(i)) return std::pair{i, entry};
        return fail(ErrorCode::unmodelled, fmt::format("copies '/{}', which no package of the image ships", path));
    }

    Result<> copy(const Action& action) {
        auto path = TRY(place(action.path));
        if (occupied(action, path)) return {};
        auto [package, entry] = TRY(shipped(action.target));
        auto node = made(EntryType::file, entry->mode);
        node.mtime = entry->mtime;
        node.size = entry->size;
        node.content_package = package;
        node.content_path = entry->path;
        TRY(set_owner(action, node));
        m_tree.put(path, std::move(node));
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

// The folders that `systemd-tmpfiles --create FILE` makes: the `d` and `D` lines of a tmpfiles.d(5) file that the
// package ships. Lines of other kinds, and paths with specifiers, act on a running system.
std::vector<Action> tmpfiles_folders(const PackageFacts& facts, const std::string& file) {
    std::vector<Action> out;
    for (const auto& [path, text] : facts.small_files) {
        if (!path.ends_with("tmpfiles.d/" + file)) continue;
        for (auto line : split(text, '\n')) {
            auto fields = words(line);
            if (fields.size() < 2 || (fields[0] != "d" && fields[0] != "D") ||
                fields[1].find('%') != std::string_view::npos)
                continue;
            auto field = [&](std::size_t i) {
                return i < fields.size() && fields[i] != "-" ? std::string(fields[i]) : std::string();
            };
            Action folder;
            folder.path = fields[1];
            if (auto mode = parse_number(field(2), 8)) folder.mode = static_cast<std::uint32_t>(*mode & 07777);
            folder.owner_user = field(3);
            folder.owner_group = field(4);
            out.push_back(std::move(folder));
        }
    }
    return out;
}

}  // namespace

Result<std::vector<PackageAction>> collect_actions(const EffectsModel& model, Plan& plan) {
    std::vector<PackageAction> out;
    for (int i = 0; i < static_cast<int>(plan.packages.size()); ++i) {
        const auto& planned = plan.packages[static_cast<std::size_t>(i)];
        if (planned.locked.role != LockedPackage::Role::installed) continue;
        const auto& facts = planned.facts;
        for (const char* name : {"preinst", "postinst"}) {
            auto script = facts.scripts.find(name);
            if (script == facts.scripts.end()) continue;
            MaintainerScript maintainer{facts.name,         facts.source, facts.version,
                                        facts.architecture, name,         script->second};
            auto modelled = TRY(model.effects_of(maintainer));
            if (!modelled.actions.empty())
                plan.effects.push_back(fmt::format("{}: {} action{}", maintainer.name(), modelled.actions.size(),
                                                   modelled.actions.size() == 1 ? "" : "s"));
            for (auto& action : modelled.actions) {
                if (action.kind != Kind::tmpfiles) {
                    out.push_back({i, maintainer.name(), std::move(action)});
                    continue;
                }
                for (auto& folder : tmpfiles_folders(facts, action.name))
                    out.push_back({i, maintainer.name(), std::move(folder)});
            }
        }
    }
    return out;
}

Result<std::set<std::string>> apply_actions(const std::vector<PackageAction>& actions, const AccountIds& ids,
                                            Plan& plan) {
    Evaluation effects(ids, plan);
    for (const auto& action : actions) TRY(effects.apply(action));
    TRY(effects.link_alternatives());
    return std::move(effects.triggers);
}

}  // namespace pith::compose
