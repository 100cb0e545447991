#include "compose/generated.h"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/certificates.h"
#include "compose/generate/ld_so_cache.h"
#include "compose/generate/os_release.h"
#include "compose/generate/pam.h"

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

// What ELF says of a file: a package's facts know it, the definition's own files are looked into here.
const ElfFacts* elf_of(const Plan& plan, const TreeNode& node, std::deque<ElfFacts>& own) {
    if (node.content) {
        auto elf = read_elf(as_bytes(*node.content));
        return elf ? &own.emplace_back(std::move(*elf)) : nullptr;
    }
    const auto* facts = shipping(plan, node);
    if (!facts) return nullptr;
    auto elf = facts->libraries.find(node.content_path);
    return elf == facts->libraries.end() ? nullptr : &elf->second;
}

// The tree points into the plan and into `own`.
LibraryTree library_tree(const Plan& plan, std::deque<ElfFacts>& own) {
    LibraryTree out;
    for (const auto& [path, node] : plan.tree.nodes()) {
        switch (node.type) {
            case EntryType::directory: out.add_folder(path); break;
            case EntryType::symlink: out.add_link(path, node.link); break;
            default: out.add_file(path, elf_of(plan, node, own));
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
    std::deque<ElfFacts> own;
    auto libraries = TRY(scan_libraries(library_tree(plan, own), conf, abi, glibc));
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

// /etc/pam.d/common-*.
Result<> pam_stacks(Plan& plan) {
    constexpr std::string_view templates = "usr/share/pam/common-", profiles = "usr/share/pam-configs/";
    PamInputs inputs;
    for (const auto& [path, node] : plan.tree.nodes()) {
        auto text = text_of(plan, node);
        if (!text) continue;
        if (path.starts_with(templates) && !path.ends_with(".md5sums"))
            inputs.templates[path.substr(templates.size())] = *text;
        if (path.starts_with(profiles)) inputs.profiles[path.substr(profiles.size())] = *text;
    }
    for (auto& [type, text] : TRY(make_pam_stacks(inputs))) put_file(plan.tree, "etc/pam.d/common-" + type, text);
    return {};
}

// The number of the line "; priority=NUMBER", as php-helper reads it.
std::string php_priority(std::string_view settings) {
    for (auto line : split(settings, '\n')) {
        std::string parts;
        for (auto word : words(line)) parts += word;
        constexpr std::string_view key = ";priority=";
        if (parts.starts_with(key) && parse_number(parts.substr(key.size()))) return parts.substr(key.size());
    }
    return "20";
}

// phpenmod(8) -v ALL -s ALL: each module's settings in /etc/php/VERSION/mods-available get a link, named after the
// priority that they state, for each interface that is installed.
Result<> php_modules(Plan& plan) {
    std::vector<std::pair<std::string, std::string>> links;  // path → target
    for (const auto& [path, node] : plan.tree.nodes()) {
        if (!matches_glob("etc/php/*/mods-available/*.ini", path)) continue;
        auto text = text_of(plan, node);
        if (!text) continue;
        const auto name = fmt::format("{}-{}", php_priority(*text), name_of(path)), target = "/" + path;
        auto version = std::string(split(path, '/')[2]);
        auto interfaces = fmt::format("usr/lib/php/{}/sapi", version);
        plan.tree.for_each_below(interfaces, [&](const std::string& interface, const TreeNode&) {
            if (interface == interfaces) return;
            auto folder = fmt::format("etc/php/{}/{}/conf.d", version, name_of(interface));
            if (plan.tree.find(folder)) links.emplace_back(fmt::format("{}/{}", folder, name), target);
        });
    }
    for (auto& [path, target] : links) {
        TreeNode node;
        node.type = EntryType::symlink;
        node.mode = 0777;
        node.link = target;
        plan.tree.put(TRY(plan.tree.resolve_parent(path)), std::move(node));
    }
    return {};
}

}  // namespace

Result<> generate_files(const PlanInputs& inputs, const std::set<std::string>& triggers, Plan& plan) {
    TRY(add_certificates(inputs, triggers, plan));
    if (triggers.contains("pam-auth-update")) TRY(pam_stacks(plan));
    if (triggers.contains("phpenmod")) TRY(php_modules(plan));
    TRY(os_release(inputs, plan));
    return linker_cache(inputs.lock, plan);
}

}  // namespace pith::compose
