#include "compose/generate/ld_so_conf.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::compose {

namespace {

constexpr std::size_t most_depth = 8, most_folders = 4096, most_files = 4096;

// As glob(3): a star at the start of a name does not stand for a leading dot.
bool hides(std::string_view pattern, std::string_view path) {
    auto names = split(path, '/'), patterns = split(pattern, '/');
    if (names.size() != patterns.size()) return true;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i].starts_with('.') && !patterns[i].starts_with('.')) return true;
    return false;
}

class ConfReader {
public:
    explicit ConfReader(const ConfFiles& files) : m_files(files) {}
    Result<> read(const std::string& path, std::string_view content, std::size_t depth);
    std::vector<std::string> folders;

private:
    Result<> read_line(const std::string& path, std::string_view line, std::size_t depth);
    Result<> include(const std::string& path, std::string pattern, std::size_t depth);

    const ConfFiles& m_files;
    std::size_t m_included = 0;
};

Result<> ConfReader::read(const std::string& path, std::string_view content, std::size_t depth) {
    if (depth > most_depth) return fail(ErrorCode::limit, fmt::format("include goes deeper than {} files", most_depth));
    std::size_t number = 0;
    for (auto line : split(content, '\n')) {
        ++number;
        TRY(context(read_line(path, line, depth), fmt::format("{} line {}", printable(path), number)));
    }
    return {};
}

Result<> ConfReader::read_line(const std::string& path, std::string_view line, std::size_t depth) {
    line = line.substr(0, line.find_first_of(std::string_view("#\0", 2)));
    line = trim(line);
    auto parts = words(line);
    if (parts.size() > 1 && parts[0] == "include") {
        for (auto pattern : std::vector(parts.begin() + 1, parts.end()))
            TRY(include(path, std::string(pattern), depth));
        return {};
    }
    if (parts.size() > 1 && (parts[0] == "hwcap" || parts[0] == "HWCAP")) return {};
    while (line.ends_with('/')) line.remove_suffix(1);
    if (line.empty()) return {};
    if (folders.size() == most_folders)
        return fail(ErrorCode::limit, fmt::format("over {} library folders are named", most_folders));
    folders.emplace_back(line);
    return {};
}

Result<> ConfReader::include(const std::string& path, std::string pattern, std::size_t depth) {
    if (pattern.find_first_of("[]\\") != std::string::npos)
        return fail(ErrorCode::unsupported,
                    fmt::format("include '{}': only * and ? are understood in a pattern", printable(pattern)));
    if (!pattern.starts_with('/')) pattern = path.substr(0, path.rfind('/') + 1) + pattern;
    // matches_glob gives two stars a wider meaning, glob(3) does not.
    pattern.erase(std::ranges::unique(pattern, [](char a, char b) { return a == '*' && b == '*'; }).begin(),
                  pattern.end());
    for (const auto& [name, content] : m_files) {
        if (!matches_glob(pattern, name) || hides(pattern, name)) continue;
        if (++m_included > most_files)
            return fail(ErrorCode::limit, fmt::format("over {} files are included", most_files));
        TRY(read(name, content, depth + 1));
    }
    return {};
}

}  // namespace

Result<std::vector<std::string>> read_ld_so_conf(const ConfFiles& files, std::string_view path) {
    ConfReader reader(files);
    if (auto root = files.find(path); root != files.end()) TRY(reader.read(root->first, root->second, 0));
    return std::move(reader.folders);
}

}  // namespace pith::compose
