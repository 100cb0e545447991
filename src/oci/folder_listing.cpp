// A folder listed as if it were a layer, through descriptors that were opened without following links, so that
// nothing outside of it is read.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/file.h"
#include "base/text.h"
#include "oci/entry_lister.h"

namespace pith::oci {

namespace fs = std::filesystem;
using archive::EntryType;

namespace {

constexpr std::size_t most_entries = 4'000'000;
constexpr std::size_t most_depth = 256;
constexpr std::size_t most_link = 4096;

class FolderWalk {
public:
    FolderWalk(fs::path folder, const Selection& selection) : m_root(std::move(folder)), m_lister(selection) {}

    Result<LayerListing> walk() {
        Fd root(::open(m_root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!root) return fail_errno("open folder", m_root);
        struct stat info{};
        if (::fstat(root.get(), &info) != 0) return fail_errno("look at", m_root);
        m_device = info.st_dev;
        TRY(list(std::move(root), "", 0));
        return m_lister.take();
    }

private:
    Result<> list(Fd folder, const std::string& path, std::size_t depth);
    Result<> list_one(const Fd& folder, const std::string& name, const std::string& path, std::size_t depth);
    Result<> list_content(const Fd& folder, const std::string& name, const std::string& path, std::uint64_t size);

    fs::path m_root;
    EntryLister m_lister;
    dev_t m_device{};
    std::size_t m_entries = 0;
};

std::optional<EntryType> type_of(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFREG: return EntryType::file;
        case S_IFDIR: return EntryType::directory;
        case S_IFLNK: return EntryType::symlink;
        case S_IFCHR: return EntryType::character_device;
        case S_IFBLK: return EntryType::block_device;
        case S_IFIFO: return EntryType::fifo;
        default: return std::nullopt;  // a socket, which belongs to a process and not to an image
    }
}

struct CloseFolder {
    void operator()(DIR* stream) const { ::closedir(stream); }
};

Result<std::vector<std::string>> names_in(const Fd& folder, const fs::path& path) {
    std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(::dup(folder.get())));
    if (!stream) return fail_errno("read folder", path);
    std::vector<std::string> out;
    while (const auto* entry = ::readdir(stream.get())) {
        std::string_view name(entry->d_name);
        if (name != "." && name != "..") out.emplace_back(name);
    }
    std::ranges::sort(out);
    return out;
}

Result<> FolderWalk::list(Fd folder, const std::string& path, std::size_t depth) {
    if (depth > most_depth)
        return fail(ErrorCode::limit, fmt::format("'{}' is deeper than {} folders", printable(path), most_depth));
    auto names = TRY(names_in(folder, m_root / path));
    for (const auto& name : names) TRY(list_one(folder, name, path.empty() ? name : path + "/" + name, depth));
    return {};
}

Result<> FolderWalk::list_one(const Fd& folder, const std::string& name, const std::string& path, std::size_t depth) {
    struct stat info{};
    if (::fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno("look at", m_root / path);
    auto type = type_of(info.st_mode);
    if (!type) return {};
    if (++m_entries > most_entries)
        return fail(ErrorCode::limit, fmt::format("the folder has more than {} entries", most_entries));
    ListedEntry entry;
    entry.path = path;
    entry.type = *type;
    entry.mode = info.st_mode & 07777;
    entry.uid = info.st_uid;
    entry.gid = info.st_gid;
    entry.mtime = info.st_mtime;
    if (type == EntryType::file) entry.size = static_cast<std::uint64_t>(info.st_size);
    if (type == EntryType::symlink) {
        char target[most_link];
        auto size = ::readlinkat(folder.get(), name.c_str(), target, sizeof target);
        if (size < 0) return fail_errno("read link", m_root / path);
        entry.link.assign(target, static_cast<std::size_t>(size));
    }
    m_lister.begin(std::move(entry));
    if (type == EntryType::file) return list_content(folder, name, path, static_cast<std::uint64_t>(info.st_size));
    TRY(m_lister.end());
    if (type != EntryType::directory || info.st_dev != m_device) return {};
    Fd below(::openat(folder.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!below) return fail_errno("open folder", m_root / path);
    return list(std::move(below), path, depth + 1);
}

Result<> FolderWalk::list_content(const Fd& folder, const std::string& name, const std::string& path,
                                  std::uint64_t size) {
    Fd fd(::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd) return fail_errno("open", m_root / path);
    auto file = TRY(MappedFile::from(fd, m_root / path));
    if (file.bytes().size() != size)
        return fail(ErrorCode::io, fmt::format("'{}' changes while it is read", (m_root / path).string()));
    if (size > 0) TRY(m_lister.content(file.bytes()));
    return m_lister.end();
}

}  // namespace

Result<LayerListing> list_folder(const fs::path& folder, const Selection& selection) {
    return FolderWalk(folder, selection).walk();
}

}  // namespace pith::oci
