#include "compose/definition/sections.h"

#include <fmt/format.h>

#include "base/text.h"
#include "compose/definition/fields.h"

namespace pith::compose {

using yaml::Node;
namespace fs = std::filesystem;

namespace {

Result<> read_part(const Node& node, std::vector<Part>& parts) {
    Part part;
    TRY(read_mapping(node, "contents.parts",
                     {text_field("package", part.package), texts_field("paths", part.paths), path_field("to", part.to),
                      text_field("reason", part.reason)}));
    if (part.package.empty() || part.paths.empty())
        return fail_at(node, "an item of 'contents.parts' names a 'package' and the 'paths' taken from it");
    if (part.to == "/") return fail_at(node, "'to' is the path of a file, not '/'");
    parts.push_back(std::move(part));
    return {};
}

Result<> read_exclusion(const Node& node, std::vector<solve::Exclusion>& without) {
    solve::Exclusion exclusion;
    TRY(read_mapping(node, "contents.without",
                     {text_field("package", exclusion.package), texts_field("of", exclusion.of),
                      text_field("reason", exclusion.reason)}));
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

Result<> read_file_source(const Node& node, const fs::path& folder, std::vector<FileSource>& files) {
    FileSource file;
    file.place = node.place();
    std::string source, digest;
    TRY(read_mapping(node, "contents.files",
                     {text_field("url", file.url),
                      text_field("source", source),
                      texts_field("exclude", file.exclude),
                      text_field("sha256", digest),
                      path_field("path", file.path),
                      number_field("uid", file.uid),
                      number_field("gid", file.gid),
                      {"mode", [&](const Node& n) -> Result<> {
                           file.mode = TRY(read_mode(n, "mode"));
                           return {};
                       }}}));
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

}  // namespace

// A key of apko that pith does not follow yet, refused rather than ignored.
Field refused(std::string_view key, std::string_view why) {
    return {key, [key, why](const Node& node) -> Result<> {
                if (node.kind == Node::Kind::null) return {};
                auto error = fail_at(node, fmt::format("'{}' is not supported: {}", key, why));
                error.error().code = ErrorCode::unsupported;
                return error;
            }};
}

Result<> read_contents(const Node& node, const fs::path& folder, Definition::Contents& contents) {
    auto repositories = [&](const Node& n) -> Result<> {
        auto more = TRY(read_texts(n, "repositories"));
        contents.repositories.insert(contents.repositories.end(), more.begin(), more.end());
        return {};
    };
    return read_mapping(
        node, "contents",
        {{"repositories", repositories},
         {"build_repositories", repositories},
         refused("runtime_repositories", "an image has no package manager; use 'repositories'"),
         refused("runtime_keyring", "an image has no package manager; use 'keyring'"),
         refused("baseimage", "images are made of packages alone"),
         {"keyring",
          [&](const Node& n) {
              return read_list(n, "keyring", [&](const Node& item) -> Result<> {
                  contents.keyrings.push_back(beside(item, folder, TRY(read_text(item, "keyring"))).string());
                  return {};
              });
          }},
         {"packages",
          [&](const Node& n) {
              return read_list(n, "packages", [&](const Node& item) -> Result<> {
                  contents.packages.push_back({TRY(read_text(item, "packages")), item.place()});
                  return {};
              });
          }},
         {"without",
          [&](const Node& n) {
              return read_list(n, "without", [&](const Node& item) { return read_exclusion(item, contents.without); });
          }},
         {"parts",
          [&](const Node& n) {
              return read_list(n, "parts", [&](const Node& item) { return read_part(item, contents.parts); });
          }},
         {"files",
          [&](const Node& n) {
              return read_list(n, "files",
                               [&](const Node& item) { return read_file_source(item, folder, contents.files); });
          }},
         texts_field("keep", contents.keep),
         {"install-time", [&](const Node& n) -> Result<> {
              auto text = TRY(read_text(n, "install-time"));
              if (text != "keep" && text != "leave-out")
                  return fail_at(n, fmt::format("'install-time' is keep or leave-out, not '{}'", printable(text)));
              contents.keep_install_time = text == "keep";
              return {};
          }}});
}

}  // namespace pith::compose
