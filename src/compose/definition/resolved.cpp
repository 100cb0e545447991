#include "compose/definition/resolved.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "compose/definition/merge.h"
#include "compose/lock.h"

namespace pith::compose {

using Json = nlohmann::ordered_json;
using yaml::Node;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_files = 10'000;
constexpr std::uint64_t most_bytes = 16 * MiB;

// What is no text to who reads a definition: true, false and whole numbers. An octal mode is one.
Json scalar_json(const Node& node) {
    const auto& text = node.scalar;
    if (node.quoted) return text;
    if (text == "true" || text == "false") return text == "true";
    bool plain = !text.empty() && text.size() <= 15 && (text == "0" || text[0] != '0');
    if (plain && text.find_first_not_of("0123456789") == text.npos) return *parse_number(text);
    return text;
}

Json json_of(const Node& node) {
    switch (node.kind) {
        case Node::Kind::null: return nullptr;
        case Node::Kind::scalar: return scalar_json(node);
        case Node::Kind::sequence: {
            Json out = Json::array();
            for (const auto& item : node.items) out.push_back(json_of(item));
            return out;
        }
        case Node::Kind::mapping: break;
    }
    Json out = Json::object();
    for (const auto& [key, value] : node.map) out[key] = json_of(value);
    return out;
}

// "deb [arch=amd64] http://127.0.0.1/debian trixie main" without the address; a short name has none.
std::string without_mirror(const std::string& repository) {
    auto scheme = repository.find("://");
    if (scheme == std::string::npos) {
        auto file = repository.find(" file:");
        if (file == std::string::npos) return repository;
        scheme = file + 5;
    }
    auto begin = repository.rfind(' ', scheme) + 1, end = repository.find(' ', scheme);
    return repository.substr(0, begin) + std::string(no_mirror) +
           (end == std::string::npos ? "" : repository.substr(end));
}

Json repositories_json(const Definition& definition) {
    Json out = Json::array();
    for (const auto& repository : definition.contents.repositories) out.push_back(without_mirror(repository));
    return out;
}

class Files {
public:
    explicit Files(std::vector<SourceFile>& into) : m_into(into) {}

    Result<std::string> add(const FileSource& source, std::size_t item) {
        auto root = fmt::format("files/{}", item);
        TRY(visit_source(source, [&](SourceFile file) -> Result<> {
            m_bytes += file.content.size();
            if (m_into.size() == most_files || m_bytes > most_bytes)
                return fail(ErrorCode::limit,
                            fmt::format("the files that the definition brings are more than {}, or over {}: too many "
                                        "to be part of what is attested; give large ones by 'url' and 'sha256'",
                                        most_files, human_size(most_bytes)));
            file.path = root + file.path;
            m_into.push_back(std::move(file));
            return {};
        }));
        return root;
    }

private:
    std::vector<SourceFile>& m_into;
    std::uint64_t m_bytes = 0;
};

bool is_below_files(std::string_view path) {
    if (!path.starts_with("files/")) return false;
    return std::ranges::none_of(split(path, '/'), [](std::string_view part) {
        return part.empty() || part == "." || part == ".." || part.contains('\0');
    });
}

Result<> write_source(const SourceFile& file, const fs::path& at) {
    TRY(make_folders(file.type == SourceFile::Type::folder ? at : at.parent_path()));
    if (file.type == SourceFile::Type::file)
        return write_file(at, as_bytes(file.content), file.executable ? 0755 : 0644);
    std::error_code error;
    if (file.type == SourceFile::Type::link) fs::create_symlink(file.content, at, error);
    if (error) return fail(ErrorCode::io, fmt::format("cannot make the link '{}': {}", at.string(), error.message()));
    return {};
}

}  // namespace

Result<ResolvedDefinition> resolve_definition(const fs::path& path, const DefinitionOptions& options) {
    auto definition = TRY(load_definition(path, options));
    auto text = TRY(pith::read_text(path, MiB));
    auto merged = TRY(merge_document(text, path.string(), path.parent_path(), options.variant));
    ResolvedDefinition out;
    out.name = definition.name;
    auto document = json_of(merged.document);
    if (auto contents = document.find("contents"); contents != document.end() && contents->is_object()) {
        contents->erase("build_repositories");
        (*contents)["repositories"] = repositories_json(definition);
        if (auto keyrings = keyring_names(definition); !keyrings.empty()) (*contents)["keyring"] = keyrings;
        Files files(out.files);
        for (std::size_t i = 0; i < definition.contents.files.size(); ++i)
            if (const auto& file = definition.contents.files[i]; file.url.empty())
                (*contents)["files"][i]["source"] = TRY(files.add(file, i));
    }
    out.document = document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    return out;
}

Result<Definition> unpack_definition(const ResolvedDefinition& resolved, const fs::path& folder) {
    std::set<std::string_view> seen;
    for (const auto& file : resolved.files)
        if (!is_below_files(file.path) || !seen.insert(file.path).second)
            return fail(ErrorCode::format, fmt::format("'{}' is no place for a file of the definition, or stands twice",
                                                       printable(file.path)));
    // Links come last, so that nothing is written through one.
    for (bool links : {false, true})
        for (const auto& file : resolved.files)
            if ((file.type == SourceFile::Type::link) == links) TRY(write_source(file, folder / file.path));
    if (resolved.name.empty() || resolved.name.contains('/') || resolved.name.contains('\0'))
        return fail(ErrorCode::format, fmt::format("'{}' is no name of a definition", printable(resolved.name)));
    auto path = folder / (resolved.name + ".yaml");
    TRY(write_file(path, as_bytes(resolved.document)));
    return load_definition(path, {});
}

}  // namespace pith::compose
