#include "compose/own_content.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "compose/source_files.h"

namespace pith::compose {

using archive::EntryType;
namespace fs = std::filesystem;

namespace {

TreeNode folder_node(std::uint32_t mode, std::uint32_t uid = 0, std::uint32_t gid = 0) {
    TreeNode node;
    node.type = EntryType::directory;
    node.mode = mode;
    node.uid = uid;
    node.gid = gid;
    return node;
}

TreeNode file_node(std::string content, std::uint32_t mode, std::uint32_t uid, std::uint32_t gid) {
    TreeNode node;
    node.mode = mode;
    node.uid = uid;
    node.gid = gid;
    node.size = content.size();
    node.content = std::make_shared<const std::string>(std::move(content));
    return node;
}

class OwnContent {
public:
    OwnContent(const PlanInputs& inputs, Plan& plan) : m_inputs(inputs), m_tree(plan.tree) {}

    Result<> add_file(const FileSource& file) {
        auto path = file.path.substr(1);
        if (!file.url.empty()) {
            if (!m_inputs.fetch_file) return fail(ErrorCode::unsupported, "files from a URL cannot be fetched here");
            return put_file(path, TRY(m_inputs.fetch_file(file)), file.mode.value_or(0644), file);
        }
        return visit_source(file, [&](SourceFile source) { return add_source(std::move(source), path, file); });
    }

    Result<> add_rule(const PathRule& rule) {
        auto path = TRY(m_tree.resolve_parent(rule.path.substr(1)));
        switch (rule.type) {
            case PathRule::Type::directory: return directory(rule, path);
            case PathRule::Type::empty_file:
                TRY(check_no_folder(path));
                m_tree.put(path, file_node("", rule.mode.value_or(0644), rule.uid, rule.gid));
                return {};
            case PathRule::Type::symlink: return symlink(rule, path);
            case PathRule::Type::hardlink: return hardlink(rule, path);
            case PathRule::Type::permissions: return permissions(rule, path);
        }
        return {};
    }

private:
    // A folder, and so what is in it, is never replaced.
    Result<> check_no_folder(const std::string& path) {
        if (auto* there = m_tree.find(path); there && there->type == EntryType::directory)
            return fail(ErrorCode::usage, fmt::format("'/{}' is a folder in the image", path));
        return {};
    }

    Result<> put_file(const std::string& at, std::string content, std::uint32_t mode, const FileSource& file) {
        auto path = TRY(m_tree.resolve_parent(at));
        if (file.sha256 && sha256(content) != *file.sha256)
            return fail(ErrorCode::integrity,
                        fmt::format("'{}' has the digest {}, but the definition says {}", file.source.string(),
                                    sha256(content).text(), file.sha256->text()));
        TRY(check_no_folder(path));
        m_tree.put(path, file_node(std::move(content), mode, file.uid, file.gid));
        return {};
    }

    Result<> add_source(SourceFile source, const std::string& below, const FileSource& file) {
        auto at = below + source.path;
        if (source.type == SourceFile::Type::file)
            return put_file(at, std::move(source.content), file.mode.value_or(source.executable ? 0755 : 0644), file);
        auto path = TRY(m_tree.resolve_parent(at));
        if (source.type == SourceFile::Type::folder) {
            if (file.sha256) return fail(ErrorCode::usage, "a folder has no 'sha256'");
            if (!m_tree.find(path)) m_tree.put(path, folder_node(0755, file.uid, file.gid));
            return {};
        }
        TreeNode node;
        node.type = EntryType::symlink;
        node.mode = 0777;
        node.uid = file.uid;
        node.gid = file.gid;
        node.link = std::move(source.content);
        TRY(check_no_folder(path));
        m_tree.put(path, std::move(node));
        return {};
    }

    Result<> directory(const PathRule& rule, const std::string& path) {
        if (auto* there = m_tree.find(path); there && there->type != EntryType::directory)
            return fail(ErrorCode::usage, fmt::format("'{}' is in the image, but not as a folder", rule.path));
        auto mode = rule.mode.value_or(0755);
        m_tree.put(path, folder_node(mode, rule.uid, rule.gid));
        if (rule.recursive) own_below(rule, path, false);
        return {};
    }

    Result<> symlink(const PathRule& rule, const std::string& path) {
        TreeNode node;
        node.type = EntryType::symlink;
        node.mode = 0777;
        node.uid = rule.uid;
        node.gid = rule.gid;
        node.link = rule.source;
        TRY(check_no_folder(path));
        m_tree.put(path, std::move(node));
        return {};
    }

    // A second name is a second file with the same content: the two may live in different layers.
    Result<> hardlink(const PathRule& rule, const std::string& path) {
        auto source = m_tree.resolve(rule.source.starts_with('/') ? rule.source.substr(1) : rule.source);
        const auto* node = source ? m_tree.find(*source) : nullptr;
        if (!node || node->type == EntryType::directory)
            return fail(ErrorCode::usage, fmt::format("there is no file '{}' in the image to link to", rule.source));
        TRY(check_no_folder(path));
        TreeNode copy = *node;
        copy.owner = owned_by_image;
        m_tree.put(path, std::move(copy));
        return {};
    }

    Result<> permissions(const PathRule& rule, const std::string& path) {
        auto* node = m_tree.find(path);
        if (!node)
            return fail(ErrorCode::usage,
                        fmt::format("there is no '{}' in the image to set permissions of", rule.path));
        node->uid = rule.uid;
        node->gid = rule.gid;
        if (rule.mode) node->mode = *rule.mode;
        if (rule.recursive) own_below(rule, path, true);
        return {};
    }

    void own_below(const PathRule& rule, const std::string& path, bool with_mode) {
        m_tree.for_each_below(path, [&](const std::string& at, TreeNode& node) {
            if (at == path) return;
            node.uid = rule.uid;
            node.gid = rule.gid;
            if (with_mode && rule.mode && node.type != EntryType::symlink) node.mode = *rule.mode;
        });
    }

    const PlanInputs& m_inputs;
    Tree& m_tree;
};

}  // namespace

void add_standard_folders(Plan& plan) {
    struct Standard {
        const char* path;
        std::uint32_t mode, id;
    };
    // Without an entry for the root, engines give it a mode each of their own.
    plan.tree.put("", folder_node(0755));
    for (auto [path, mode, id] :
         {Standard{"tmp", 01777, 0}, {"root", 0700, 0}, {"home", 0755, 0}, {"home/nonroot", 0700, 65532}}) {
        auto* there = plan.tree.find(path);
        if (!there)
            plan.tree.put(path, folder_node(mode, id, id));
        else if (there->mtime == undated)
            there->mode = mode;
    }
}

Result<> add_own_content(const PlanInputs& inputs, Plan& plan) {
    OwnContent own(inputs, plan);
    for (const auto& file : inputs.definition.contents.files) TRY(context(own.add_file(file), file.place));
    for (const auto& rule : inputs.definition.paths) TRY(context(own.add_rule(rule), rule.place));
    return {};
}

}  // namespace pith::compose
