#include "compose/tree.h"

#include <deque>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::compose {

namespace {

constexpr int most_links = 40;  // as the kernel follows them

// Follows the components of `path` from the root. Components that do not exist are taken as they stand, so
// that a path still to be made can be resolved.
Result<std::string> walk(const std::map<std::string, TreeNode>& nodes, std::string_view path, bool follow_last) {
    std::deque<std::string> todo;
    for (auto part : split(path, '/')) todo.emplace_back(part);
    std::string at;
    int links = 0;
    while (!todo.empty()) {
        auto part = std::move(todo.front());
        todo.pop_front();
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            at = parent_of(at);
            continue;
        }
        auto next = at.empty() ? part : at + "/" + part;
        auto node = nodes.find(next);
        bool last = todo.empty();
        if (node != nodes.end() && node->second.type == archive::EntryType::symlink && (!last || follow_last)) {
            if (++links > most_links)
                return fail(ErrorCode::format, fmt::format("'/{}': more than {} links to follow", path, most_links));
            const auto& target = node->second.link;
            if (target.starts_with('/')) at.clear();
            auto parts = split(target, '/');
            todo.insert(todo.begin(), parts.begin(), parts.end());
            continue;
        }
        if (!last && node != nodes.end() && node->second.type != archive::EntryType::directory)
            return fail(ErrorCode::format, fmt::format("'/{}': '/{}' is not a folder", path, next));
        at = std::move(next);
    }
    return at;
}

}  // namespace

std::string parent_of(std::string_view path) {
    auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string name_of(std::string_view path) {
    auto slash = path.rfind('/');
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

TreeNode* Tree::find(std::string_view path) {
    auto it = m_nodes.find(std::string(path));
    return it == m_nodes.end() ? nullptr : &it->second;
}

const TreeNode* Tree::find(std::string_view path) const {
    auto it = m_nodes.find(std::string(path));
    return it == m_nodes.end() ? nullptr : &it->second;
}

Result<std::string> Tree::resolve_parent(std::string_view path) const { return walk(m_nodes, path, false); }

std::optional<std::string> Tree::resolve(std::string_view path) const {
    auto resolved = walk(m_nodes, path, true);
    if (!resolved || (!resolved->empty() && !m_nodes.contains(*resolved))) return std::nullopt;
    return *resolved;
}

void Tree::put(const std::string& path, TreeNode node) {
    for (auto parent = parent_of(path); !parent.empty(); parent = parent_of(parent)) {
        TreeNode folder;
        folder.type = archive::EntryType::directory;
        folder.mode = 0755;
        if (!m_nodes.try_emplace(parent, std::move(folder)).second) break;
    }
    m_nodes.insert_or_assign(path, std::move(node));
}

void Tree::remove(const std::string& path) {
    m_nodes.erase(path);
    auto first = m_nodes.lower_bound(path + "/");
    auto last = first;
    while (last != m_nodes.end() && last->first.starts_with(path + "/")) ++last;
    m_nodes.erase(first, last);
}

Result<> Tree::check() const {
    for (const auto& [path, node] : m_nodes) {
        auto parent = parent_of(path);
        const auto* folder = parent.empty() ? nullptr : find(parent);
        if (folder && folder->type != archive::EntryType::directory)
            return fail(ErrorCode::conflict,
                        fmt::format("'/{}' belongs into the image, but '/{}' is not a folder there", path, parent));
    }
    return {};
}

}  // namespace pith::compose
