// The engine exports the merged layers as a tar, which needs no mount and so no root; only its headers are kept.
#include "runner/image_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace pith::runner {

namespace {

constexpr std::chrono::minutes call_limit(10);
constexpr std::size_t most_accounts = 1 * MiB;
constexpr int most_links = 40;  // as Linux follows

// A container that is made but not started, for the engine exports only those.
struct Created {
    const Engine& engine;
    std::string name = unique_name();
    ~Created() { (void)engine.call({"rm", "--force", "--ignore", name}, call_limit); }
};

// The fields of the first line of passwd(5) or group(5) whose name, or whose number, is `who`.
std::optional<std::vector<std::string_view>> find_account(std::string_view file, std::string_view who) {
    for (auto line : split(file, '\n')) {
        auto fields = split(line, ':');
        if (fields.size() >= 4 && (fields[0] == who || fields[2] == who)) return fields;
    }
    return std::nullopt;
}

Result<std::uint64_t> find_group(std::string_view file, std::string_view who) {
    auto found = find_account(file, who);
    auto number = parse_number(found ? (*found)[2] : who);
    if (!number) return fail(ErrorCode::not_found, fmt::format("/etc/group has no group '{}'", printable(who)));
    return *number;
}

// Numbers of the groups that name this user as a member.
void add_memberships(std::string_view file, std::string_view user, std::vector<std::uint64_t>& groups) {
    for (auto line : split(file, '\n')) {
        auto fields = split(line, ':');
        if (fields.size() < 4) continue;
        auto members = split(fields[3], ',');
        if (std::ranges::find(members, user) == members.end()) continue;
        if (auto number = parse_number(fields[2])) groups.push_back(*number);
    }
}

}  // namespace

Result<ImageFiles> ImageFiles::list(const LoadedImage& image) {
    const Created container{image.engine()};
    const auto file = image.folder() / "files.tar";
    TRY(image.engine().expect({"create", "--name", container.name, "--pull", "never", "--network", "none",
                               "--entrypoint", "[]", image.name(), "none"},
                              call_limit));
    TRY(image.engine().expect({"export", "--output", file.string(), container.name}, call_limit));
    auto tar = TRY(MappedFile::open(file));
    auto files = context(read(tar.bytes()), "file system of the image");
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return files;
}

Result<ImageFiles> ImageFiles::read(ByteView tar) {
    ImageFiles out;
    archive::TarReader reader(tar);
    while (auto entry = TRY(reader.next())) {
        auto path = "/" + TRY(archive::clean_path(entry->path));
        if (entry->type == archive::EntryType::hardlink) continue;  // its first name has the facts
        if ((path == "/etc/passwd" || path == "/etc/group") && entry->content.size() > most_accounts)
            return fail(ErrorCode::limit, fmt::format("{} has more than {}", path, human_size(most_accounts)));
        if (path == "/etc/passwd") out.m_passwd = as_text(entry->content);
        if (path == "/etc/group") out.m_group = as_text(entry->content);
        out.m_files[path] = {entry->type, entry->mode, entry->uid, entry->gid, std::move(entry->link)};
    }
    return out;
}

std::string ImageFiles::follow_folders(std::string_view pattern) const {
    std::vector<std::string> ahead;  // components still to walk, the next one last
    for (auto part : split(pattern, '/')) ahead.emplace_back(part);
    std::ranges::reverse(ahead);
    std::string at;
    for (int links = 0; !ahead.empty();) {
        auto part = ahead.back();
        if (part.find_first_of("*?") != std::string::npos) break;
        ahead.pop_back();
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            at.resize(std::min(at.rfind('/'), at.size()));
            continue;
        }
        auto next = at + "/" + part;
        auto found = m_files.find(next);
        const bool leads_on = found != m_files.end() && found->second.type == archive::EntryType::symlink;
        if (!leads_on || ahead.empty() || ++links > most_links) {
            at = std::move(next);
            continue;
        }
        if (found->second.link.starts_with('/')) at.clear();
        auto target = split(found->second.link, '/');
        for (auto it = target.rbegin(); it != target.rend(); ++it) ahead.emplace_back(*it);
    }
    std::ranges::reverse(ahead);
    return ahead.empty() ? at : at + "/" + join(ahead, "/");
}

std::vector<std::string> ImageFiles::matching(std::string_view pattern) const {
    const auto followed = follow_folders(pattern);
    std::vector<std::string> out;
    for (const auto& [path, facts] : m_files)
        if (matches_glob(pattern, path) || matches_glob(followed, path)) out.push_back(path);
    return out;
}

std::vector<std::string> ImageFiles::setuid() const {
    std::vector<std::string> out;
    for (const auto& [path, facts] : m_files)
        if (facts.type == archive::EntryType::file && (facts.mode & 06000)) out.push_back(path);
    return out;
}

std::vector<std::string> ImageFiles::writable(const Identity& identity) const {
    auto may_write = [&](const FileFacts& facts) {
        if (facts.type == archive::EntryType::symlink) return false;
        if (identity.uid == 0) return true;
        if (facts.uid == identity.uid) return (facts.mode & 0200) != 0;
        if (std::ranges::count(identity.groups, facts.gid) > 0) return (facts.mode & 0020) != 0;
        return (facts.mode & 0002) != 0;
    };
    std::vector<std::string> out;
    for (const auto& [path, facts] : m_files)
        if (may_write(facts)) out.push_back(path);
    return out;
}

Result<Identity> ImageFiles::identity(std::string_view user) const {
    auto colon = std::min(user.find(':'), user.size());
    auto who = colon == 0 ? "0" : user.substr(0, colon);
    auto account = find_account(m_passwd, who);
    auto uid = parse_number(account ? (*account)[2] : who);
    if (!uid) return fail(ErrorCode::not_found, fmt::format("/etc/passwd has no user '{}'", printable(who)));
    Identity out{*uid, {}};
    if (colon < user.size()) {
        out.groups.push_back(TRY(find_group(m_group, user.substr(colon + 1))));
        return out;
    }
    out.groups.push_back(account ? parse_number((*account)[3]).value_or(0) : 0);
    if (account) add_memberships(m_group, (*account)[0], out.groups);
    return out;
}

}  // namespace pith::runner
