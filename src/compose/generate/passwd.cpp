#include "compose/generate/passwd.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "compose/generate/debian_accounts.h"

namespace pith::compose {

namespace {

constexpr std::uint32_t first_dynamic = 101, dynamic_count = 899;
constexpr std::uint32_t nonroot_id = 65532, invalid_id = 0xffff'ffff;
constexpr std::string_view debian = "Debian's fixed accounts", always = "every image";

struct User {
    std::optional<std::uint32_t> uid, gid;
    std::string group, gecos, home, shell, place;
    bool is_debian = false;
};
struct Group {
    std::optional<std::uint32_t> gid;
    std::set<std::string> members;
    std::string place;
    bool is_debian = false;
};

Result<> check_name(std::string_view kind, std::string_view name, std::string_view place) {
    auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
    if (name.empty() || name.size() > 32 || !is_letter(name[0]) || !std::ranges::all_of(name, is_allowed))
        return fail(ErrorCode::usage, fmt::format("{}: '{}' cannot name a {}: at most 32 letters, digits, '_', '-' and "
                                                  "'.', a letter or '_' first",
                                                  place, printable(name), kind));
    return {};
}

Result<> check_field(std::string_view field, std::string_view value, std::string_view place) {
    auto breaks_line = [](unsigned char c) { return c < ' ' || c == ':' || c == 0x7f; };
    if (std::ranges::any_of(value, breaks_line) || value.size() > 1024 ||
        (field != "gecos" && !value.empty() && !value.starts_with('/')))
        return fail(ErrorCode::usage,
                    fmt::format("{}: '{}' cannot be a user's {}: {}without ':' and control characters, at most 1 KiB",
                                place, printable(value), field, field == "gecos" ? "" : "an absolute path "));
    return {};
}

// Two requests for one account must agree on its id.
Result<> check_same_id(std::string_view what, std::string_view name, std::optional<std::uint32_t> a,
                       std::string_view place_a, std::optional<std::uint32_t> b, std::string_view place_b) {
    if (!a || !b || *a == *b) return {};
    return fail(ErrorCode::conflict,
                fmt::format("{} '{}' has id {} in {}, and {} in {}", what, name, *a, place_a, *b, place_b));
}

std::optional<User> debian_user(std::string_view name) {
    auto row = std::ranges::find(debian_users(), name, &DebianUser::name);
    if (row == debian_users().end()) return std::nullopt;
    return User{row->uid,
                row->gid,
                "",
                std::string(row->gecos),
                std::string(row->home),
                std::string(row->shell),
                std::string(debian),
                true};
}

std::optional<Group> debian_group(std::string_view name) {
    auto row = std::ranges::find(debian_groups(), name, &DebianGroup::name);
    if (row == debian_groups().end()) return std::nullopt;
    return Group{row->gid, {}, std::string(debian), true};
}

template <class Account>
using ByName = std::map<std::string, Account>;

class Accounts {
public:
    Result<> add_requests(const AccountRequests& requests);
    Result<> add_what_every_image_has();
    Result<> add_owners(const AccountRequests& requests);
    Result<> add_primary_groups();
    Result<> give_ids();
    [[nodiscard]] AccountFiles write() const;

private:
    Result<> add_user(const UserRequest& request);
    Result<> add_group(const GroupRequest& request);
    // A member, owner or primary group by its name alone.
    Result<> name_user(const std::string& name, std::string_view place);
    Result<> name_group(const std::string& name, std::string_view place);
    [[nodiscard]] bool has_gid(std::uint32_t gid) const {
        return std::ranges::any_of(m_groups, [&](const auto& group) { return group.second.gid == gid; });
    }

    ByName<User> m_users;
    ByName<Group> m_groups;
};

Result<> Accounts::add_group(const GroupRequest& request) {
    TRY(check_name("group", request.name, request.place));
    auto known = debian_group(request.name);
    auto [at, is_new] = m_groups.try_emplace(request.name, known.value_or(Group{request.gid, {}, request.place}));
    auto& group = at->second;
    TRY(check_same_id("group", request.name, request.gid, request.place, group.gid, group.place));
    if (!group.gid && request.gid) group.gid = request.gid, group.place = request.place;
    group.members.insert(request.members.begin(), request.members.end());
    return {};
}

Result<> Accounts::add_user(const UserRequest& request) {
    TRY(check_name("user", request.name, request.place));
    TRY(check_field("gecos", request.gecos, request.place));
    TRY(check_field("home", request.home, request.place));
    TRY(check_field("shell", request.shell, request.place));
    User asked{request.uid,   request.gid,  request.group.empty() ? "nogroup" : request.group,
               request.gecos, request.home, request.shell,
               request.place};
    auto known = debian_user(request.name);
    auto [at, is_new] = m_users.try_emplace(request.name, known.value_or(asked));
    auto& user = at->second;
    TRY(check_same_id("user", request.name, request.uid, request.place, user.uid, user.place));
    if (known && request.uid) {
        if (request.gid) user.gid = request.gid;
        for (auto field : {&User::gecos, &User::home, &User::shell})
            if (!(asked.*field).empty()) user.*field = asked.*field;
    }
    if (!user.uid && request.uid) user.uid = request.uid, user.place = request.place;
    for (const auto& name : request.groups) TRY(add_group({name, {}, {request.name}, request.place}));
    return {};
}

Result<> Accounts::add_requests(const AccountRequests& requests) {
    for (const auto& group : requests.groups) TRY(add_group(group));
    for (const auto& user : requests.users) TRY(add_user(user));
    return {};
}

Result<> Accounts::add_what_every_image_has() {
    for (const char* name : {"root", "nobody"}) TRY(name_user(name, always));
    auto has_uid = [&](const auto& user) { return user.second.uid == nonroot_id; };
    if (!has_gid(nonroot_id)) TRY(add_group({"nonroot", nonroot_id, {}, std::string(always)}));
    if (std::ranges::none_of(m_users, has_uid))
        TRY(add_user({.name = "nonroot",
                      .uid = nonroot_id,
                      .gid = nonroot_id,
                      .gecos = "nonroot",
                      .home = "/home/nonroot",
                      .place = std::string(always)}));
    return {};
}

Result<> Accounts::name_user(const std::string& name, std::string_view place) {
    if (m_users.contains(name)) return {};
    auto known = debian_user(name);
    if (!known)
        return fail(ErrorCode::not_found, fmt::format("{} names user '{}', and nothing makes such a user: add it to "
                                                      "accounts.users",
                                                      place, printable(name)));
    m_users.emplace(name, std::move(*known));
    return {};
}

Result<> Accounts::name_group(const std::string& name, std::string_view place) {
    if (m_groups.contains(name)) return {};
    auto known = debian_group(name);
    if (!known)
        return fail(ErrorCode::not_found, fmt::format("{} names group '{}', and nothing makes such a group: add it to "
                                                      "accounts.groups",
                                                      place, printable(name)));
    m_groups.emplace(name, std::move(*known));
    return {};
}

Result<> Accounts::add_owners(const AccountRequests& requests) {
    for (const auto& owner : requests.owning_groups) TRY(name_group(owner.name, owner.place));
    for (const auto& owner : requests.owning_users) TRY(name_user(owner.name, owner.place));
    for (const auto& [name, group] : m_groups)
        for (const auto& member : group.members)
            TRY(name_user(member, fmt::format("group '{}' ({})", name, group.place)));
    return {};
}

// Every user's primary group exists under a name.
Result<> Accounts::add_primary_groups() {
    for (auto& [name, user] : m_users) {
        if (user.gid && !has_gid(*user.gid)) {
            auto fixed = std::ranges::find(debian_groups(), *user.gid, &DebianGroup::gid);
            auto group = fixed == debian_groups().end() ? name : std::string(fixed->name);
            TRY(add_group({group, user.gid, {}, user.place}));
        }
        if (user.gid) continue;
        TRY(add_group({user.group, {}, {}, user.place}));
    }
    return {};
}

std::uint32_t preferred_id(std::string_view name) {
    std::uint64_t number = 0;
    auto digest = sha256(name);
    for (int i = 0; i < 8; ++i)
        number = number << 8 | std::to_integer<std::uint64_t>(digest.value[static_cast<std::size_t>(i)]);
    return first_dynamic + static_cast<std::uint32_t>(number % dynamic_count);
}

using Taken = std::map<std::uint32_t, std::string>;  // id → name

Result<Taken> explicit_ids(std::string_view kind, const auto& accounts, auto id) {
    Taken taken;
    for (const auto& [name, account] : accounts) {
        auto number = account.*id;
        if (!number) continue;
        if (*number == invalid_id)
            return fail(ErrorCode::usage,
                        fmt::format("{}: {} '{}' cannot have the id {}", account.place, kind, name, *number));
        auto [other, is_free] = taken.try_emplace(*number, name);
        if (!is_free)
            return fail(ErrorCode::conflict,
                        fmt::format("{}s '{}' ({}) and '{}' ({}) have one id, {}", kind, other->second,
                                    accounts.at(other->second).place, name, account.place, *number));
    }
    return taken;
}

Result<std::uint32_t> free_id(Taken& taken, const std::string& name, std::uint32_t preferred) {
    for (std::uint32_t step = 0; step < dynamic_count; ++step) {
        auto id = first_dynamic + (preferred - first_dynamic + step) % dynamic_count;
        if (taken.try_emplace(id, name).second) return id;
    }
    return fail(ErrorCode::limit, fmt::format("no system id is left for '{}': all {} are taken", name, dynamic_count));
}

Result<> Accounts::give_ids() {
    auto gids = TRY(explicit_ids("group", m_groups, &Group::gid));
    auto uids = TRY(explicit_ids("user", m_users, &User::uid));
    for (auto& [name, group] : m_groups)
        if (!group.gid) group.gid = TRY(free_id(gids, name, preferred_id(name)));
    for (auto& [name, user] : m_users) {
        if (!user.gid) user.gid = m_groups.at(user.group).gid;
        if (user.uid) continue;
        auto own_group = m_groups.find(name);
        auto is_dynamic = own_group != m_groups.end() && *own_group->second.gid >= first_dynamic &&
                          *own_group->second.gid < first_dynamic + dynamic_count;
        user.uid = TRY(free_id(uids, name, is_dynamic ? *own_group->second.gid : preferred_id(name)));
    }
    return {};
}

// The accounts by id, then name.
template <class Account>
std::vector<std::pair<std::uint32_t, std::string>> in_order(const ByName<Account>& accounts, auto id) {
    std::vector<std::pair<std::uint32_t, std::string>> out;
    for (const auto& [name, account] : accounts) out.emplace_back(*(account.*id), name);
    std::ranges::sort(out);
    return out;
}

// Nobody has a password: `*` where there never is one, `!` where it is locked, as Debian writes them. The day
// of the last change is left empty, which turns the ageing of passwords off.
AccountFiles Accounts::write() const {
    AccountFiles out;
    for (const auto& [uid, name] : in_order(m_users, &User::uid)) {
        const auto& user = m_users.at(name);
        out.passwd += fmt::format("{}:x:{}:{}:{}:{}:{}\n", name, uid, *user.gid, user.gecos,
                                  user.home.empty() ? "/nonexistent" : user.home,
                                  user.shell.empty() ? "/usr/sbin/nologin" : user.shell);
        out.shadow += fmt::format("{}:{}::0:99999:7:::\n", name, user.is_debian ? '*' : '!');
        out.uids.emplace(name, uid);
    }
    for (const auto& [gid, name] : in_order(m_groups, &Group::gid)) {
        const auto& group = m_groups.at(name);
        auto members = fmt::format("{}", fmt::join(group.members, ","));
        out.group += fmt::format("{}:x:{}:{}\n", name, gid, members);
        out.gshadow += fmt::format("{}:{}::{}\n", name, group.is_debian ? '*' : '!', members);
        out.gids.emplace(name, gid);
    }
    return out;
}

}  // namespace

Result<AccountFiles> make_account_files(const AccountRequests& requests) {
    Accounts accounts;
    TRY(accounts.add_requests(requests));
    TRY(accounts.add_what_every_image_has());
    TRY(accounts.add_owners(requests));
    TRY(accounts.add_primary_groups());
    TRY(accounts.give_ids());
    return accounts.write();
}

}  // namespace pith::compose
