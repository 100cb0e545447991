// Python's packages as pip and setuptools leave them: NAME.dist-info/METADATA with RECORD, NAME.egg-info/PKG-INFO, or a
// file NAME.egg-info. Source: the Python packaging user guide, "Recording installed projects" and "Core metadata".
#include <fmt/format.h>

#include "base/text.h"
#include "inventory/packages/all_readers.h"

namespace pith::inventory::packages {

namespace {

// "Name normalization": runs of "-", "_" and "." are one "-", in lower case.
std::string normalised(std::string_view name) {
    std::string out;
    for (char c : name) {
        bool mark = c == '-' || c == '_' || c == '.';
        if (mark && out.ends_with('-')) continue;
        out += mark ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return out;
}

struct Metadata {
    std::string_view name, version, licence, homepage, author;
};

// Headers as in a mail; what follows an empty line is the description.
Metadata read_metadata(std::string_view text) {
    Metadata out;
    std::string_view expression;
    const std::pair<std::string_view, std::string_view*> fields[] = {{"Name", &out.name},
                                                                     {"Version", &out.version},
                                                                     {"License-Expression", &expression},
                                                                     {"Home-page", &out.homepage},
                                                                     {"Author", &out.author}};
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (trim(line).empty()) break;
        auto colon = line.find(':');
        if (colon == line.npos || line[0] == ' ' || line[0] == '\t') continue;
        for (auto [name, field] : fields)
            if (line.substr(0, colon) == name && field->empty()) *field = trim(line.substr(colon + 1));
    }
    out.licence = expression;  // the old field "License" is free text
    return out;
}

// The first field of a CSV row, where quotes may stand around it and are doubled inside.
std::string first_field(std::string_view row) {
    if (!row.starts_with('"')) return std::string(row.substr(0, row.find(',')));
    std::string out;
    for (std::size_t i = 1; i < row.size(); ++i) {
        if (row[i] == '"' && (i + 1 == row.size() || row[++i] != '"')) break;
        out += row[i];
    }
    return out;
}

// Paths in RECORD and installed-files.txt are relative; "../" leads out of `folder`.
std::string below(std::string_view folder, std::string_view path) {
    if (path.starts_with('/')) return database_path(path);
    while (path.starts_with("../")) {
        if (folder.empty()) return {};
        folder = folder.substr(0, folder.find('/') == folder.npos ? 0 : folder.rfind('/'));
        path.remove_prefix(3);
    }
    return database_path(folder.empty() ? std::string(path) : fmt::format("{}/{}", folder, path));
}

void add_paths(const Source& source, InstalledPackage& installed) {
    installed.paths.push_back(source.path);
    auto slash = source.path.rfind('/');
    if (slash == source.path.npos || !source.path.ends_with("dist-info/METADATA")) return;
    auto info = std::string_view(source.path).substr(0, slash);
    auto site = info.substr(0, info.find('/') == info.npos ? 0 : info.rfind('/'));
    for (auto line : split(kept(source.view, fmt::format("{}/RECORD", info)), '\n'))
        if (auto path = below(site, first_field(trim(line))); !path.empty()) installed.paths.push_back(std::move(path));
}

Result<> read(const Source& source) {
    auto metadata = read_metadata(source.content);
    if (metadata.name.empty() || metadata.version.empty())
        return fail(ErrorCode::format, metadata.name.empty() ? "it has no Name" : "it has no Version");
    auto installed = language_package("pypi", normalised(metadata.name), metadata.version, source.path);
    installed.package.licence = metadata.licence;
    installed.package.homepage = metadata.homepage;
    installed.package.maintainer = metadata.author;
    add_paths(source, installed);
    source.found.push_back(std::move(installed));
    return {};
}

constexpr Selector selectors[] = {{"*dist-info/METADATA", 4 * MiB},
                                  {"*egg-info/PKG-INFO", 4 * MiB},
                                  {"*.egg-info", 4 * MiB},
                                  {"*.dist-info/RECORD", 16 * MiB, true}};

}  // namespace

constinit const Reader python_reader{.name = "Python", .selectors = selectors, .read = read};

}  // namespace pith::inventory::packages
