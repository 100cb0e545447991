// The file tree of an image while it is planned: every path once, with who owns it and where its content
// comes from. Paths are clean and relative to the root ("usr/bin/x"); the root itself is "".
// Thread-safety: none.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "archive/tar.h"
#include "base/digest.h"

namespace pith::compose {

constexpr int owned_by_image = -1;
// The time of what no package dates: it becomes the image's `created`.
constexpr std::int64_t undated = std::numeric_limits<std::int64_t>::min();

struct TreeNode {
    archive::EntryType type = archive::EntryType::file;
    std::uint32_t mode = 0644, uid = 0, gid = 0;
    std::int64_t mtime = undated;
    std::uint64_t size = 0;
    std::string link;
    int owner = owned_by_image;  // whose member holds it: an index into the plan's packages
    // A file's content: bytes made here, or those of a file that a package ships.
    std::shared_ptr<const std::string> content;
    int content_package = -1;
    std::string content_path;
};

class Tree {
public:
    [[nodiscard]] const std::map<std::string, TreeNode>& nodes() const { return m_nodes; }
    [[nodiscard]] TreeNode* find(std::string_view path);
    [[nodiscard]] const TreeNode* find(std::string_view path) const;

    // Where a path really leads when the links among its folders are followed, all inside the root; the
    // last component is not followed. An error if a component is a file or links go in circles.
    [[nodiscard]] Result<std::string> resolve_parent(std::string_view path) const;
    // The same with the last component followed too: nothing where it leads to nothing.
    [[nodiscard]] std::optional<std::string> resolve(std::string_view path) const;

    // Puts a node at a clean path whose folders are no links; missing folders are made 0755 root:root.
    void put(const std::string& path, TreeNode node);
    void remove(const std::string& path);  // with all below it
    // An error if anything stands below what is not a folder: such a tree cannot be unpacked.
    [[nodiscard]] Result<> check() const;

    // Nodes at or below a folder, in order.
    template <class F>
    void for_each_below(const std::string& folder, F&& f) {
        for (auto it = m_nodes.lower_bound(folder); it != m_nodes.end(); ++it) {
            if (it->first == folder || folder.empty() || it->first.starts_with(folder + "/"))
                f(it->first, it->second);
            else if (it->first.compare(0, folder.size(), folder) != 0)
                break;
        }
    }

private:
    std::map<std::string, TreeNode> m_nodes;
};

[[nodiscard]] std::string parent_of(std::string_view path);
[[nodiscard]] std::string name_of(std::string_view path);

}  // namespace pith::compose
