#include "compose/source_files.h"

#include <sys/stat.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"

namespace pith::compose {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t most_file = 1 * GiB;
constexpr std::size_t most_files = 100'000;

class Walk {
public:
    Walk(const FileSource& source, const std::function<Result<>(SourceFile)>& visit)
        : m_source(source), m_visit(visit) {}

    Result<> add(const std::string& below) {
        auto path = fs::path(m_source.source.string() + below);
        if (++m_count > most_files)
            return fail(ErrorCode::limit,
                        fmt::format("'{}' holds more than {} files", m_source.source.string(), most_files));
        struct stat info{};
        if (::lstat(path.c_str(), &info) != 0) return fail_errno("look at", path);
        if (S_ISLNK(info.st_mode)) {
            std::error_code error;
            return m_visit({SourceFile::Type::link, below, fs::read_symlink(path, error).string()});
        }
        if (S_ISDIR(info.st_mode)) {
            TRY(m_visit({SourceFile::Type::folder, below, {}}));
            return add_folder(path, below);
        }
        if (!S_ISREG(info.st_mode))
            return fail(ErrorCode::usage, fmt::format("'{}' is neither a file, a folder nor a link", path.string()));
        auto text = TRY(read_text(path, most_file));
        return m_visit({SourceFile::Type::file, below, std::move(text), (info.st_mode & 0111) != 0});
    }

private:
    Result<> add_folder(const fs::path& path, const std::string& below) {
        std::vector<std::string> names;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(path, error)) names.push_back(entry.path().filename().string());
        if (error) return fail(ErrorCode::io, fmt::format("cannot list '{}': {}", path.string(), error.message()));
        std::ranges::sort(names);
        for (const auto& name : names)
            if (auto at = below + "/" + name; !is_excluded(at, name)) TRY(add(at));
        return {};
    }

    bool is_excluded(const std::string& below, const std::string& name) const {
        return std::ranges::any_of(m_source.exclude, [&](const std::string& pattern) {
            return matches_glob(pattern, pattern.contains('/') ? below.substr(1) : name);
        });
    }

    const FileSource& m_source;
    const std::function<Result<>(SourceFile)>& m_visit;
    std::size_t m_count = 0;
};

}  // namespace

Result<> visit_source(const FileSource& source, const std::function<Result<>(SourceFile)>& visit) {
    std::error_code error;
    auto status = fs::symlink_status(source.source, error);
    if (error || !fs::exists(status))
        return fail(ErrorCode::not_found, fmt::format("there is no file or folder '{}'", source.source.string()));
    return Walk(source, visit).add("");
}

}  // namespace pith::compose
