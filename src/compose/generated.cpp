#include "compose/generated.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/certificates.h"
#include "compose/generate/ld_so_cache.h"
#include "compose/generate/os_release.h"

namespace pith::compose {

using archive::EntryType;

namespace {

void put_file(Tree& tree, const std::string& path, std::string content) {
    TreeNode node;
    node.size = content.size();
    node.content = std::make_shared<const std::string>(std::move(content));
    tree.put(path, std::move(node));
}

const PackageFacts* shipping(const Plan& plan, const TreeNode& node) {
    return node.content_package < 0 ? nullptr : &plan.packages[static_cast<std::size_t>(node.content_package)].facts;
}

// The text of a small file of the tree, whoever brings it.
std::optional<std::string> text_of(const Plan& plan, const TreeNode& node) {
    if (node.content) return *node.content;
    const auto* facts = shipping(plan, node);
    if (!facts) return std::nullopt;
    auto small = facts->small_files.find(node.content_path);
    return small == facts->small_files.end() ? std::nullopt : std::optional(small->second);
}

LibraryTree library_tree(const Plan& plan) {
    LibraryTree out;
    for (const auto& [path, node] : plan.tree.nodes()) {
        switch (node.type) {
            case EntryType::directory: out.add_folder(path); break;
            case EntryType::symlink: out.add_link(path, node.link); break;
            default: {
                const auto* facts = shipping(plan, node);
                auto elf = facts ? facts->libraries.find(node.content_path) : decltype(facts->libraries.find("")){};
                out.add_file(path, facts && elf != facts->libraries.end() ? &elf->second : nullptr);
            }
        }
    }
    return out;
}

// /etc/ld.so.cache, and the soname links that ldconfig would make beside the libraries.
Result<> linker_cache(const Lock& lock, Plan& plan) {
    auto libc =
        std::find_if(plan.packages.begin(), plan.packages.end(), [](const auto& p) { return p.facts.name == "libc6"; });
    if (libc == plan.packages.end()) return {};
    auto abi = TRY(library_abi(lock.architecture));
    ConfFiles conf;
    for (const auto& [path, node] : plan.tree.nodes())
        if (path == "etc/ld.so.conf" || path.starts_with("etc/ld.so.conf.d/"))
            if (auto text = text_of(plan, node)) conf["/" + path] = *text;
    Glibc glibc{"Debian", libc->facts.version};
    auto libraries = TRY(scan_libraries(library_tree(plan), conf, abi, glibc));
    for (const auto& link : libraries.links) {
        auto path = TRY(plan.tree.resolve_parent(link.path.substr(1)));
        TreeNode node;
        node.type = EntryType::symlink;
        node.mode = 0777;
        node.link = link.target;
        plan.tree.put(path, std::move(node));
    }
    auto cache = TRY(write_ld_so_cache(libraries, abi, glibc));
    put_file(plan.tree, "etc/ld.so.cache", std::string(as_text(cache)));
    return {};
}

// The definition's os-release keys, in the file that base-files ships.
Result<> os_release(const PlanInputs& inputs, Plan& plan) {
    const auto& values = inputs.definition.os_release;
    if (values.empty()) return {};
    auto* node = plan.tree.find("usr/lib/os-release");
    auto text = node ? text_of(plan, *node) : std::nullopt;
    if (!text)
        return fail(ErrorCode::usage, "os-release: no package of the image ships /usr/lib/os-release; add base-files");
    auto mode = node->mode;
    auto mtime = node->mtime;
    put_file(plan.tree, "usr/lib/os-release", TRY(context(edit_os_release(*text, values), "os-release")));
    plan.tree.find("usr/lib/os-release")->mode = mode;
    plan.tree.find("usr/lib/os-release")->mtime = mtime;
    return {};
}

}  // namespace

Result<> generate_files(const PlanInputs& inputs, const std::set<std::string>& triggers, Plan& plan) {
    TRY(add_certificates(inputs, triggers.contains("ca-certificates"), plan));
    TRY(os_release(inputs, plan));
    return linker_cache(inputs.lock, plan);
}

}  // namespace pith::compose
