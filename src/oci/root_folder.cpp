#include "oci/root_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::oci {

namespace fs = std::filesystem;

namespace {

constexpr int open_step = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// The names in an open folder, sorted.
Result<std::vector<std::string>> names_in(const Fd& folder, const fs::path& shown) {
    int again = ::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    auto close = [](DIR* open) { ::closedir(open); };
    std::unique_ptr<DIR, decltype(close)> list(again < 0 ? nullptr : ::fdopendir(again));
    if (!list) return fail_errno("list", shown);
    std::vector<std::string> out;
    while (const auto* entry = ::readdir(list.get())) {
        std::string_view name = entry->d_name;
        if (name != "." && name != "..") out.emplace_back(name);
    }
    std::ranges::sort(out);
    return out;
}

// Removes an entry of an open folder. Its depth is that of what RootFolder made, so it is bounded.
Result<> remove_tree(int parent, const std::string& name, const fs::path& shown) {
    if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return {};
    if (errno != EISDIR) return fail_errno("remove", shown);
    // The folder may carry its final mode already, which need not let its owner in.
    ::fchmodat(parent, name.c_str(), 0700, 0);
    Fd folder(::openat(parent, name.c_str(), open_step));
    if (!folder) return fail_errno("open folder", shown);
    for (const auto& each : TRY(names_in(folder, shown))) TRY(remove_tree(folder.get(), each, shown / each));
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0) return fail_errno("remove folder", shown);
    return {};
}

Result<std::string> read_link(int parent, const std::string& name) {
    char target[PATH_MAX];
    auto size = ::readlinkat(parent, name.c_str(), target, sizeof target);
    if (size < 0) return fail_errno("read link", name);
    return std::string(target, static_cast<std::size_t>(size));
}

// Appends the components of `path` to a list that is worked off from its back.
void push_components(std::vector<std::string>& todo, std::string_view path) {
    auto parts = split(path, '/');
    for (auto it = parts.rbegin(); it != parts.rend(); ++it)
        if (!it->empty() && *it != ".") todo.emplace_back(*it);
}

}  // namespace

Result<> check_free(const fs::path& path) {
    std::error_code error;
    auto status = fs::symlink_status(path, error);
    if (!fs::exists(status)) return {};
    if (fs::is_directory(status) && fs::is_empty(path, error) && !error) return {};
    return fail(ErrorCode::usage,
                fmt::format("'{}' exists and is not an empty folder: remove it or name another", path.string()));
}

Result<fs::path> prepare_place(const fs::path& path) {
    auto place = fs::absolute(path).lexically_normal();
    if (!place.has_filename()) place = place.parent_path();  // it was written with a '/' at its end
    TRY(check_free(place));
    TRY(make_folders(place.parent_path()));
    remove_abandoned(place.parent_path(), place.filename().string());
    return place;
}

RootFolder::RootFolder(Fd root, fs::path path, fs::path temporary)
    : m_root(std::move(root)), m_path(std::move(path)), m_temporary(std::move(temporary)) {
    m_folders[""] = {};
}

RootFolder::RootFolder(RootFolder&& other) noexcept
    : m_root(std::move(other.m_root)),
      m_path(std::move(other.m_path)),
      m_temporary(std::exchange(other.m_temporary, {})),
      m_folders(std::move(other.m_folders)),
      m_owners_kept(other.m_owners_kept) {}

RootFolder::~RootFolder() {
    if (!m_temporary.empty()) (void)remove_tree(AT_FDCWD, m_temporary.string(), m_temporary);
}

Result<RootFolder> RootFolder::create(const fs::path& path) {
    auto place = TRY(prepare_place(path));
    auto temporary = temporary_beside(place);
    while (::mkdir(temporary.c_str(), 0700) != 0) {
        if (errno != EEXIST) return fail_errno("make a folder beside", place);
        temporary = temporary_beside(place);
    }
    Fd root(::open(temporary.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    RootFolder out(std::move(root), std::move(place), temporary);
    if (!out.m_root) return fail_errno("open folder", temporary);
    (void)::flock(out.m_root.get(), LOCK_EX | LOCK_NB);
    return out;
}

// The state of resolving one path: `at` is the open folder that `done` leads to, `todo` what is left, last first.
struct RootFolder::Walk {
    Fd at;
    std::vector<std::string> done, todo;
    int links = 0;

    [[nodiscard]] std::string path() const { return join(done, "/"); }
    // Starts over at the root with `path` before what is left.
    Result<> restart(const Fd& root, std::string_view path) {
        push_components(todo, path);
        done.clear();
        at = Fd(::openat(root.get(), ".", open_step));
        return at ? Result<>() : fail_errno("open folder", path);
    }
};

// Goes one component down. False if it is missing and not to be made.
Result<bool> RootFolder::step(Walk& walk, bool make) {
    auto name = std::move(walk.todo.back());
    walk.todo.pop_back();
    if (name == "..") {
        if (!walk.done.empty()) walk.done.pop_back();
        TRY(walk.restart(m_root, walk.path()));
        return true;
    }
    if (walk.done.size() >= most_depth)
        return fail(ErrorCode::limit, fmt::format("it lies deeper than {} folders", most_depth));
    Fd next(::openat(walk.at.get(), name.c_str(), open_step));
    if (!next && errno == ENOENT) {
        if (!make) return false;
        if (::mkdirat(walk.at.get(), name.c_str(), 0700) != 0) return fail_errno("make folder", name);
        next = Fd(::openat(walk.at.get(), name.c_str(), open_step));
        m_folders[walk.done.empty() ? name : walk.path() + "/" + name] = {};
    }
    if (next) {
        walk.at = std::move(next);
        walk.done.push_back(std::move(name));
        return true;
    }
    if (errno != ENOTDIR && errno != ELOOP) return fail_errno("open folder", name);
    auto target = read_link(walk.at.get(), name);
    if (!target) return fail(ErrorCode::format, fmt::format("'{}' on the way to it is not a folder", printable(name)));
    if (++walk.links > most_links)
        return fail(ErrorCode::limit, fmt::format("more than {} links lead to it", most_links));
    if (target->starts_with('/'))
        TRY(walk.restart(m_root, *target));
    else
        push_components(walk.todo, *target);
    return true;
}

Result<std::optional<Place>> RootFolder::place_of(std::string_view path, bool make) {
    auto slash = path.rfind('/');
    Walk walk;
    TRY(walk.restart(m_root, slash == path.npos ? std::string_view() : path.substr(0, slash)));
    while (!walk.todo.empty())
        if (!TRY(step(walk, make))) return std::nullopt;
    auto name = std::string(slash == path.npos ? path : path.substr(slash + 1));
    if (name.empty()) return Place{std::move(walk.at), ".", ""};
    auto parent = walk.path();
    return Place{std::move(walk.at), name, parent.empty() ? name : parent + "/" + name};
}

Result<Place> RootFolder::make_place(std::string_view path) { return *TRY(place_of(path, true)); }

Result<std::optional<Place>> RootFolder::find_place(std::string_view path) { return place_of(path, false); }

Result<std::vector<std::string>> RootFolder::names_beside(const Place& place) const {
    return names_in(place.parent, place.path);
}

Result<> RootFolder::remove(const Place& place) {
    TRY(remove_tree(place.parent.get(), place.name, place.path));
    m_folders.erase(place.path);
    auto below = m_folders.lower_bound(place.path + "/");
    while (below != m_folders.end() && below->first.starts_with(place.path + "/")) below = m_folders.erase(below);
    return {};
}

Result<> RootFolder::put_folder(const Place& place, const Attributes& attributes) {
    if (::mkdirat(place.parent.get(), place.name.c_str(), 0700) != 0 && errno != EEXIST)
        return fail_errno("make folder", place.path);
    m_folders[place.path] = attributes;
    return {};
}

Result<> RootFolder::set_attributes(const Place& place, const Attributes& attributes) {
    int parent = place.parent.get();
    const char* name = place.name.c_str();
    struct stat info{};
    if (::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return fail_errno("look at", place.path);
    // The owner first: changing it clears setuid and setgid.
    if (::fchownat(parent, name, attributes.uid, attributes.gid, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != EPERM && errno != EINVAL) return fail_errno("set the owner of", place.path);
        m_owners_kept = false;
    }
    if (!S_ISLNK(info.st_mode) && ::fchmodat(parent, name, attributes.mode, 0) != 0)
        return fail_errno("set the mode of", place.path);
    timespec times[2] = {{attributes.mtime, 0}, {attributes.mtime, 0}};
    if (::utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) != 0) return fail_errno("set the time of", place.path);
    return {};
}

Result<> RootFolder::commit() {
    // From the deepest up: a folder's mode may lock its owner out.
    for (auto it = m_folders.rbegin(); it != m_folders.rend(); ++it) {
        auto place = TRY(make_place(it->first));
        TRY(set_attributes(place, it->second));
    }
    if (::rename(m_temporary.c_str(), m_path.c_str()) != 0) return fail_errno("rename into place", m_path);
    m_temporary.clear();
    return {};
}

}  // namespace pith::oci
