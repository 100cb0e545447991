// ldconfig's rules: which names of which folders stand for which sonames.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/generate/ld_so_cache.h"

namespace pith::compose {

namespace {

using Node = LibraryTree::Node;

struct Folder {
    std::string path;  // as the configuration names it, which is how the cache names it
    LibraryTree::Found found;
    std::string hwcaps;
};

bool looks_like_a_library(std::string_view name) {
    return ((name.starts_with("lib") || name.starts_with("ld-")) && name.find(".so") != std::string_view::npos) ||
           name.starts_with("ld.so.") || name.starts_with("ld64.so.");
}

// Files that prelink, rpm or dpkg have not finished with.
bool is_temporary(std::string_view name) {
    auto prelink = name.rfind(".#prelink#.");  // then six letters
    return name.ends_with(".#prelink#") || name.ends_with(".dpkg-new") || name.ends_with(".dpkg-tmp") ||
           name.find(';') != std::string_view::npos ||
           (prelink != std::string_view::npos && name.size() - prelink == 17);
}

// Debian's ldconfig leaves an existing link to a dynamic linker alone.
bool is_dynamic_linker(std::string_view soname) {
    return soname.starts_with("ld-linux") || soname.starts_with("ld.so.") || soname.starts_with("ld64.so.");
}

class Scan {
public:
    Scan(const LibraryTree& tree, const LibraryAbi& abi, bool tells_libc6_apart)
        : m_tree(tree), m_abi(abi), m_tells_libc6_apart(tells_libc6_apart) {}
    void add_folder(const std::string& path);
    Libraries finish();

private:
    struct Candidate {
        std::string name;
        const Node* file = nullptr;
        bool is_link = false;
        std::uint32_t flags = 0;
    };

    void add_hwcaps_folders(const Folder& folder);
    void scan_folder(const Folder& folder);
    [[nodiscard]] std::optional<std::pair<std::string, Candidate>> look_at(const Folder& folder,
                                                                           const std::string& name, const Node& node);
    void link_soname(const Folder& folder, const std::string& soname, const Candidate& library);

    const LibraryTree& m_tree;
    const LibraryAbi& m_abi;
    bool m_tells_libc6_apart;
    std::vector<Folder> m_folders;
    std::set<const Node*> m_seen;
    std::set<std::string> m_hwcaps;
    Libraries m_out;
};

void Scan::add_folder(const std::string& path) {
    auto found = m_tree.find(path);
    if (!found || found->node->kind != Node::Kind::folder || !m_seen.insert(found->node).second) return;
    m_folders.push_back({path, std::move(*found), ""});
    add_hwcaps_folders(Folder(m_folders.back()));
}

void Scan::add_hwcaps_folders(const Folder& folder) {
    auto hwcaps = m_tree.find(folder.found.path + "/glibc-hwcaps");
    if (!hwcaps || hwcaps->node->kind != Node::Kind::folder) return;
    for (const auto& [name, child] : hwcaps->node->children) {
        // The dynamic linker's own list of them is separated by colons.
        if (name.starts_with('.') || name.find(':') != std::string::npos) continue;
        auto found = m_tree.find(hwcaps->path + "/" + name);
        if (!found || found->node->kind != Node::Kind::folder) continue;
        m_hwcaps.insert(name);
        if (m_seen.insert(found->node).second)
            m_folders.push_back({folder.path + "/glibc-hwcaps/" + name, std::move(*found), name});
    }
}

// One name of a folder: the soname that it stands for, or nothing where it is no library.
std::optional<std::pair<std::string, Scan::Candidate>> Scan::look_at(const Folder& folder, const std::string& name,
                                                                     const Node& node) {
    if (!looks_like_a_library(name) || is_temporary(name)) return std::nullopt;
    auto leads_to = m_tree.find(folder.found.path + "/" + name);
    if (!leads_to || leads_to->node->kind != Node::Kind::file || !leads_to->node->elf) return std::nullopt;
    const auto& elf = *leads_to->node->elf;
    if (!elf.malformed.empty()) {
        m_out.notes.push_back(fmt::format("{} is not in the linker's cache: {}", leads_to->path, elf.malformed));
        return std::nullopt;
    }
    auto flags = library_flags(m_abi, elf, m_tells_libc6_apart);
    if (!flags) return std::nullopt;
    auto soname = elf.soname.empty() ? name : elf.soname;
    // A link counts as one where it is the soname, or the development link libx.so of libx.so.1; any other
    // is one more file that holds the library.
    auto is_link =
        node.kind == Node::Kind::link && (name == soname || (name.ends_with(".so") && soname.starts_with(name)));
    if (is_link) soname = name;
    return std::pair{std::move(soname), Candidate{name, leads_to->node, is_link, *flags}};
}

void Scan::scan_folder(const Folder& folder) {
    std::map<std::string, Candidate> chosen;  // by soname
    for (const auto& [name, node] : folder.found.node->children) {
        auto seen = look_at(folder, name, *node);
        if (!seen) continue;
        auto [place, is_new] = chosen.try_emplace(seen->first, seen->second);
        auto& best = place->second;
        // Files are taken before links, then the highest version.
        if (!is_new &&
            (seen->second.is_link != best.is_link ? best.is_link : compare_library_names(best.name, name) < 0))
            best = seen->second;
    }
    for (const auto& [soname, library] : chosen) {
        // Outside of hwcaps folders the cache names the soname and relies on the link of that name.
        if (folder.hwcaps.empty() && !library.is_link) link_soname(folder, soname, library);
        std::uint32_t isa = m_abi.family == "x86" ? library.file->elf->x86_isa_needed : 0;
        m_out.entries.push_back({soname, folder.path + "/" + (folder.hwcaps.empty() ? soname : library.name),
                                 library.flags, folder.hwcaps,
                                 isa == 0 ? 0 : static_cast<std::uint32_t>(std::bit_width(isa) - 1)});
    }
}

void Scan::link_soname(const Folder& folder, const std::string& soname, const Candidate& library) {
    if (soname == library.name) return;
    auto path = folder.found.path + "/" + soname;
    if (soname.find('/') != std::string::npos) {
        m_out.notes.push_back(
            fmt::format("{}/{} has a soname with a folder in it ('{}'), and no link can stand for that",
                        folder.found.path, library.name, printable(soname)));
        return;
    }
    auto there = folder.found.node->children.find(soname);
    if (there != folder.found.node->children.end()) {
        auto leads_to = m_tree.find(path);
        if (leads_to && (leads_to->node == library.file || is_dynamic_linker(soname))) return;
        if (there->second->kind != Node::Kind::link) {
            m_out.notes.push_back(
                fmt::format("{} is not a link, and {} is the newer library of that soname", path, library.name));
            return;
        }
    }
    m_out.links.push_back({std::move(path), library.name});
}

// Highest name first. ldconfig inserts each entry behind those that are equal to it.
bool comes_before(const CacheEntry& a, const CacheEntry& b) {
    if (auto order = compare_library_names(b.soname, a.soname); order != 0) return order < 0;
    if (a.flags != b.flags) return static_cast<std::int32_t>(a.flags) > static_cast<std::int32_t>(b.flags);
    if (a.hwcaps.empty() != b.hwcaps.empty()) return !a.hwcaps.empty();
    return a.hwcaps < b.hwcaps;
}

Libraries Scan::finish() {
    for (const auto& folder : m_folders) scan_folder(folder);
    std::ranges::stable_sort(m_out.entries, comes_before);
    m_out.hwcaps.assign(m_hwcaps.begin(), m_hwcaps.end());
    return std::move(m_out);
}

}  // namespace

Result<Libraries> scan_libraries(const LibraryTree& tree, const ConfFiles& conf, const LibraryAbi& abi,
                                 const Glibc& glibc) {
    Scan scan(tree, abi, compare_library_names(glibc.version, "2.37") < 0);
    for (const auto& folder : TRY(read_ld_so_conf(conf))) scan.add_folder(folder);
    for (const auto& folder : system_library_folders(abi)) scan.add_folder(folder);
    return scan.finish();
}

int compare_library_names(std::string_view a, std::string_view b) {
    auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    // Takes a number off the front, without its leading zeros.
    auto take_number = [&](std::string_view& text) {
        auto end = std::ranges::find_if_not(text, is_digit) - text.begin();
        auto number = text.substr(0, static_cast<std::size_t>(end));
        text.remove_prefix(number.size());
        number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
        return number;
    };
    while (!a.empty() && !b.empty()) {
        if (is_digit(a[0]) != is_digit(b[0])) return is_digit(a[0]) ? 1 : -1;
        if (is_digit(a[0])) {
            auto left = take_number(a), right = take_number(b);
            if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
            if (auto order = left.compare(right); order != 0) return order;
        } else {
            if (a[0] != b[0]) return static_cast<unsigned char>(a[0]) - static_cast<unsigned char>(b[0]);
            a.remove_prefix(1);
            b.remove_prefix(1);
        }
    }
    return static_cast<int>(b.empty()) - static_cast<int>(a.empty());
}

}  // namespace pith::compose
