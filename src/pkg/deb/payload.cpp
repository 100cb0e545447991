// The payload of a package: every entry is checked before anything is made of it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "pkg/deb/deb_file.h"

namespace pith::pkg::deb {

namespace {

using archive::EntryType;
using archive::TarEntry;

std::unexpected<Error> refuse(const TarEntry& entry, std::string_view why, ErrorCode code = ErrorCode::format) {
    return fail(code, fmt::format("'{}': {}", printable(entry.path), why));
}

// Taken literally, without regard to links on the way: policy 10.5 wants targets without needless "..", and a link
// that climbs over the root means another file in every tree that is not a root.
bool leaves_root(const TarEntry& symlink) {
    int depth = static_cast<int>(std::ranges::count(symlink.path, '/'));
    if (symlink.link.starts_with('/')) depth = 0;
    for (auto part : split(symlink.link, '/')) {
        if (part == "..")
            --depth;
        else if (!part.empty() && part != ".")
            ++depth;
        if (depth < 0) return true;
    }
    return false;
}

class Payload {
public:
    explicit Payload(const DebLimits& limits) : m_limits(limits) {}
    Result<> add(TarEntry entry);
    Result<std::vector<TarEntry>> finish() &&;

private:
    Result<> check_type(TarEntry& entry);
    Result<> resolve_hard_link(TarEntry& entry);
    Result<> merge_folders();
    Result<> check_parents() const;

    const DebLimits& m_limits;
    std::vector<TarEntry> m_entries;
    std::map<std::string, std::string, std::less<>> m_files;  // paths of files and hard links → the file's path
    std::uint64_t m_names = 0;
};

Result<> Payload::resolve_hard_link(TarEntry& entry) {
    auto target = archive::clean_path(entry.link);
    if (!target)
        return context(Result<>(std::unexpected(target.error())), fmt::format("hard link '{}'", printable(entry.path)));
    auto found = m_files.find(*target);
    if (found == m_files.end())
        return refuse(entry, fmt::format("a hard link to '{}', which is not a file before it", printable(*target)));
    entry.link = found->second;
    m_files.emplace(entry.path, found->second);
    return {};
}

Result<> Payload::check_type(TarEntry& entry) {
    if (entry.path.empty() && entry.type != EntryType::directory)
        return fail(ErrorCode::format, "the root is not a folder");
    switch (entry.type) {
        case EntryType::directory: return {};
        case EntryType::file: m_files.emplace(entry.path, entry.path); return {};
        case EntryType::hardlink: return resolve_hard_link(entry);
        case EntryType::symlink:
            if (entry.link.empty()) return refuse(entry, "a symbolic link without a target");
            if (leaves_root(entry))
                return refuse(entry, fmt::format("the symbolic link to '{}' leaves the root", printable(entry.link)));
            return {};
        case EntryType::character_device:
        case EntryType::block_device:
            return refuse(entry, "a device; packages may not have one", ErrorCode::unsupported);
        case EntryType::fifo: return refuse(entry, "a fifo; packages may not have one", ErrorCode::unsupported);
    }
    return refuse(entry, "an unknown type of entry", ErrorCode::unsupported);
}

Result<> Payload::add(TarEntry entry) {
    entry.path = TRY(archive::clean_path(entry.path));
    // As dpkg: its lists of files have one path a line.
    if (entry.path.find('\n') != std::string::npos) return refuse(entry, "a line feed in a path");
    TRY(check_type(entry));
    m_names += entry.path.size() + entry.link.size();
    if (m_names > m_limits.most_names)
        return fail(ErrorCode::limit, fmt::format("paths of over {} together", human_size(m_limits.most_names)));
    m_entries.push_back(std::move(entry));
    return {};
}

// Of folders that stand several times, the oldest stays.
Result<> Payload::merge_folders() {
    auto same_folder = [](const TarEntry& a, const TarEntry& b) {
        return a.type == EntryType::directory && b.type == EntryType::directory && a.mode == b.mode && a.uid == b.uid &&
               a.gid == b.gid;
    };
    for (std::size_t i = 1; i < m_entries.size(); ++i)
        if (m_entries[i - 1].path == m_entries[i].path && !same_folder(m_entries[i - 1], m_entries[i]))
            return refuse(m_entries[i], "the path stands twice");
    auto repeated = std::ranges::unique(m_entries, {}, &TarEntry::path);
    m_entries.erase(repeated.begin(), repeated.end());
    return {};
}

// A file "a/b" below a link or file "a" would be written through it.
Result<> Payload::check_parents() const {
    for (const auto& entry : m_entries) {
        if (entry.type == EntryType::directory) continue;
        auto inside = entry.path + "/";
        auto next = std::ranges::lower_bound(m_entries, inside, {}, &TarEntry::path);
        if (next != m_entries.end() && next->path.starts_with(inside))
            return refuse(*next, fmt::format("stands below '{}', which is not a folder", printable(entry.path)));
    }
    return {};
}

Result<std::vector<TarEntry>> Payload::finish() && {
    std::ranges::sort(m_entries, {}, [](const TarEntry& entry) { return std::tie(entry.path, entry.mtime); });
    TRY(merge_folders());
    TRY(check_parents());
    return std::move(m_entries);
}

}  // namespace

Result<std::vector<TarEntry>> read_payload(ByteView tar, const DebLimits& limits) {
    archive::TarReader reader(tar, {.most_entries = limits.most_entries});
    Payload payload(limits);
    while (auto entry = TRY(reader.next())) TRY(payload.add(std::move(*entry)));
    return std::move(payload).finish();
}

}  // namespace pith::pkg::deb
