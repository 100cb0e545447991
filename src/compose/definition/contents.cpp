#include "compose/definition/sections.h"

#include <fmt/format.h>

#include "base/text.h"
#include "compose/definition/fields.h"
#include "compose/definition/schema.h"

namespace pith::compose {

using yaml::Node;
namespace fs = std::filesystem;

namespace {

std::vector<Field> part_fields(Part& part) {
    return {text_field("package", part.package, "the package's name"),
            texts_field("paths", part.paths, "patterns of the paths that are taken"),
            path_field("to", part.to, "where the one file that matches is placed"),
            text_field("reason", part.reason, "why only these")};
}

std::string part_schema() {
    Part part;
    return schema::mapping(part_fields(part), {"package", "paths"},
                           R"("not":{"properties":{"to":{"pattern":"^/[/.]*$"}},"required":["to"]})");
}

Result<> read_part(const Node& node, std::vector<Part>& parts) {
    Part part;
    TRY(read_mapping(node, "contents.parts", part_fields(part)));
    if (part.package.empty() || part.paths.empty())
        return fail_at(node, "an item of 'contents.parts' names a 'package' and the 'paths' taken from it");
    if (part.to == "/") return fail_at(node, "'to' is the path of a file, not '/'");
    parts.push_back(std::move(part));
    return {};
}

std::vector<Field> exclusion_fields(solve::Exclusion& exclusion) {
    return {text_field("package", exclusion.package, "the package's name"),
            texts_field("of", exclusion.of, "only as a dependency of these packages"),
            text_field("reason", exclusion.reason, "why the image does without it")};
}

std::string exclusion_schema() {
    solve::Exclusion exclusion;
    return schema::mapping(exclusion_fields(exclusion), {"package", "reason"});
}

Result<> read_exclusion(const Node& node, std::vector<solve::Exclusion>& without) {
    solve::Exclusion exclusion;
    TRY(read_mapping(node, "contents.without", exclusion_fields(exclusion)));
    if (exclusion.package.empty() || exclusion.reason.empty())
        return fail_at(node, "an item of 'contents.without' names a 'package' and the 'reason' for leaving it out");
    without.push_back(std::move(exclusion));
    return {};
}

// What a file names relatively is beside that file, also where another folder's definition includes it.
fs::path beside(const Node& node, const fs::path& folder, const std::string& name) {
    auto holder = node.file ? fs::path(*node.file).parent_path() : fs::path();
    return (holder.empty() ? folder : holder) / name;
}

// As written: what is relative gets its folder, and the digest its form, afterwards.
struct FileAsWritten {
    FileSource file;
    std::string source, digest;
};

std::vector<Field> file_fields(FileAsWritten& written) {
    auto& file = written.file;
    return {text_field("url", file.url, "where it is fetched from; needs sha256"),
            text_field("source", written.source, "a file or folder beside the definition"),
            texts_field("exclude", file.exclude, "patterns of what stays out of a folder"),
            {"sha256", text_field("sha256", written.digest).read, schema::digest, "the digest of its content"},
            path_field("path", file.path, "where it stands in the image"),
            number_field("uid", file.uid),
            number_field("gid", file.gid),
            mode_field("mode", file.mode, "0644 unless said, or 0755 for what is executable")};
}

std::string file_schema() {
    FileAsWritten written;
    return schema::mapping(file_fields(written), {"path"},
                           R"("oneOf":[{"required":["source"],"not":{"required":["url"]}},)"
                           R"({"required":["url","sha256"],"not":{"required":["source"]}}],)"
                           R"("if":{"required":["url"]},"then":{"properties":{"exclude":{"maxItems":0}}})");
}

Result<> read_file_source(const Node& node, const fs::path& folder, std::vector<FileSource>& files) {
    FileAsWritten written;
    auto& [file, source, digest] = written;
    file.place = node.place();
    TRY(read_mapping(node, "contents.files", file_fields(written)));
    if (file.path.empty() || file.url.empty() == source.empty())
        return fail_at(node, "an item of 'contents.files' has a 'path' in the image and either a 'source' or a 'url'");
    if (!file.exclude.empty() && source.empty()) return fail_at(node, "'exclude' is for a folder of 'source'");
    if (!digest.empty()) file.sha256 = TRY(context(Digest::parse(digest), file.place));
    if (!file.url.empty() && !file.sha256)
        return fail_at(
            node, "a file from a 'url' needs its 'sha256', or the image would depend on what the server says that day");
    if (!source.empty()) file.source = beside(node, folder, source);
    files.push_back(std::move(file));
    return {};
}

Result<> read_package(const Node& node, std::vector<PackageLine>& packages) {
    packages.push_back({TRY(read_text(node, "packages")), node.place()});
    return {};
}

// Several keys may add to one list.
Field appending_field(std::string_view key, std::vector<std::string>& into, std::string_view about) {
    auto read = [key, &into](const Node& node) -> Result<> {
        auto more = TRY(read_texts(node, key));
        into.insert(into.end(), more.begin(), more.end());
        return {};
    };
    return {key, read, schema::texts, about};
}

constexpr std::string_view install_times[] = {"keep", "leave-out"};

std::vector<Field> contents_fields(const fs::path& folder, Definition::Contents& contents) {
    auto keyring = [&contents, folder](const Node& node) {
        return read_list(node, "keyring", [&](const Node& item) -> Result<> {
            contents.keyrings.push_back(beside(item, folder, TRY(read_text(item, "keyring"))).string());
            return {};
        });
    };
    auto files = [&contents, folder](const Node& node) {
        return read_list(node, "files",
                         [&](const Node& item) { return read_file_source(item, folder, contents.files); });
    };
    return {appending_field("repositories", contents.repositories,
                            "where packages come from: debian:SUITE, ubuntu:SUITE, or a one-line source"),
            appending_field("build_repositories", contents.repositories, "the same as repositories"),
            refused("runtime_repositories", "an image has no package manager; use 'repositories'"),
            refused("runtime_keyring", "an image has no package manager; use 'keyring'"),
            refused("baseimage", "images are made of packages alone"),
            {"keyring", keyring, schema::texts, "files with the OpenPGP keys that sign the repositories"},
            items_field("packages", read_package, contents.packages, schema::texts,
                        "names with constraints, such as nginx (>= 1.22); !name keeps a package out"),
            items_field(
                "without", read_exclusion, contents.without, [] { return schema::list_of(exclusion_schema()); },
                "dependencies that are left out knowingly"),
            items_field(
                "parts", read_part, contents.parts, [] { return schema::list_of(part_schema()); },
                "single paths of packages, without their scripts and dependencies"),
            {"files", files, [] { return schema::list_of(file_schema()); }, "files of one's own, or from a URL"},
            paths_field("keep", contents.keep, "patterns of paths that stay although a rule would leave them out"),
            choice_field(
                "install-time", {std::begin(install_times), std::end(install_times)},
                [&](std::size_t choice) { contents.keep_install_time = choice == 0; },
                [] { return schema::one_of({std::begin(install_times), std::end(install_times)}); },
                "keep brings in what only maintainer scripts use; leave-out unless said")};
}

}  // namespace

// A key of apko that pith does not follow yet, refused rather than ignored.
Field refused(std::string_view key, std::string_view why) {
    auto refuse = [key, why](const Node& node) -> Result<> {
        if (node.kind == Node::Kind::null) return {};
        auto error = fail_at(node, fmt::format("'{}' is not supported: {}", key, why));
        error.error().code = ErrorCode::unsupported;
        return error;
    };
    return {key, refuse, [] { return std::string(R"({"type":"null"})"); }, why};
}

Result<> read_contents(const Node& node, const fs::path& folder, Definition::Contents& contents) {
    return read_mapping(node, "contents", contents_fields(folder, contents));
}

std::string contents_schema() {
    Definition::Contents contents;
    return schema::mapping(contents_fields({}, contents));
}

}  // namespace pith::compose
