// The part of an image's tree that ldconfig looks at: names, links, and what the ELF files say.
//
// Links are followed inside the tree, as they will be in the running image, so two names of one folder
// (/lib and /usr/lib after the merge of /usr) are seen to be the same.
// Limits: 40 links are followed on one path, as by Linux.
// Thread-safety: one writer; any number of readers once it is filled.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "compose/generate/elf.h"

namespace pith::compose {

class LibraryTree {
public:
    struct Node {
        enum class Kind { folder, link, file } kind = Kind::folder;
        std::string target;             // of a link
        const ElfFacts* elf = nullptr;  // of a file; null: not ELF
        std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    };
    struct Found {
        const Node* node = nullptr;  // never a link; the same node for every name of a file or folder
        std::string path;            // without links, beginning with '/'
    };

    // Paths are those of the finished image, with or without '/' in front; missing parents are made. A later
    // entry takes the place of an earlier one, except that a folder that holds something stays a folder.
    // The facts must outlive the tree.
    void add_folder(std::string_view path);
    void add_link(std::string_view path, std::string_view target);
    void add_file(std::string_view path, const ElfFacts* elf = nullptr);

    // What a path leads to, every link followed; nothing where it leads nowhere.
    [[nodiscard]] std::optional<Found> find(std::string_view path) const;

private:
    Node& place(std::string_view path);
    Node m_root;
};

}  // namespace pith::compose
