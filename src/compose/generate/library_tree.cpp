#include "compose/generate/library_tree.h"

#include <deque>
#include <vector>

#include "base/text.h"

namespace pith::compose {

namespace {

constexpr int most_links = 40;

// Puts the components of a path in front of those that are still to be walked.
void prepend(std::deque<std::string>& ahead, std::string_view path) {
    auto parts = split(path, '/');
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        if (!part->empty() && *part != ".") ahead.emplace_front(*part);
}

}  // namespace

LibraryTree::Node& LibraryTree::place(std::string_view path) {
    auto* node = &m_root;
    for (auto part : split(path, '/')) {
        if (part.empty() || part == ".") continue;
        auto& child = node->children[std::string(part)];
        if (!child) child = std::make_unique<Node>();
        node = child.get();
    }
    return *node;
}

void LibraryTree::add_folder(std::string_view path) {
    auto& node = place(path);
    node.kind = Node::Kind::folder;
}

void LibraryTree::add_link(std::string_view path, std::string_view target) {
    auto& node = place(path);
    if (!node.children.empty()) return;
    node.kind = Node::Kind::link;
    node.target = target;
}

void LibraryTree::add_file(std::string_view path, const ElfFacts* elf) {
    auto& node = place(path);
    if (!node.children.empty()) return;
    node.kind = Node::Kind::file;
    node.elf = elf;
}

std::optional<LibraryTree::Found> LibraryTree::find(std::string_view path) const {
    std::deque<std::string> ahead;
    prepend(ahead, path);
    std::vector<std::pair<std::string, const Node*>> walked{{"", &m_root}};
    for (int links = 0; !ahead.empty();) {
        auto part = std::move(ahead.front());
        ahead.pop_front();
        const auto* here = walked.back().second;
        if (here->kind != Node::Kind::folder) return std::nullopt;
        if (part == "..") {
            if (walked.size() > 1) walked.pop_back();
            continue;
        }
        auto child = here->children.find(part);
        if (child == here->children.end()) return std::nullopt;
        if (child->second->kind != Node::Kind::link) {
            walked.emplace_back(std::move(part), child->second.get());
            continue;
        }
        if (++links > most_links) return std::nullopt;
        if (child->second->target.starts_with('/')) walked.resize(1);
        prepend(ahead, child->second->target);
    }
    Found found{walked.back().second, walked.size() == 1 ? "/" : ""};
    for (std::size_t i = 1; i < walked.size(); ++i) found.path += "/" + walked[i].first;
    return found;
}

}  // namespace pith::compose
