#include "compose/accounts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/generate/passwd.h"

namespace pith::compose {

namespace {

using Kind = Action::Kind;

void add_definition(const Definition& definition, AccountRequests& requests) {
    for (const auto& user : definition.accounts.users)
        requests.users.push_back({.name = user.name,
                                  .uid = user.uid,
                                  .gid = user.gid,
                                  .home = user.home,
                                  .shell = user.shell,
                                  .place = user.place});
    for (const auto& group : definition.accounts.groups)
        requests.groups.push_back({group.name, group.gid, group.members, group.place});
}

// base-passwd's script writes all of Debian's fixed accounts; their names are what counts here.
void add_listed(const Action& action, const std::string& place, std::vector<NamedAccount>& names) {
    for (auto line : split(action.content, '\n'))
        if (!line.empty()) names.push_back({std::string(line.substr(0, line.find(':'))), place});
}

void add_action(const PackageAction& item, AccountRequests& requests) {
    const auto& action = item.action;
    if (action.kind == Kind::user)
        requests.users.push_back({.name = action.name,
                                  .group = action.group,
                                  .gecos = action.gecos,
                                  .home = action.home,
                                  .shell = action.shell,
                                  .groups = action.groups,
                                  .place = item.script});
    if (action.kind == Kind::group) requests.groups.push_back({.name = action.name, .place = item.script});
    if (!action.owner_user.empty() && !account_number(action.owner_user))
        requests.owning_users.push_back({action.owner_user, item.script});
    if (!action.owner_group.empty() && !account_number(action.owner_group))
        requests.owning_groups.push_back({action.owner_group, item.script});
    if (action.kind == Kind::file && action.path == "/etc/passwd")
        add_listed(action, item.script, requests.owning_users);
    if (action.kind == Kind::file && action.path == "/etc/group")
        add_listed(action, item.script, requests.owning_groups);
}

void put_file(Tree& tree, const std::string& path, std::string content, std::uint32_t mode, std::uint32_t gid) {
    TreeNode node;
    node.mode = mode;
    node.gid = gid;
    node.size = content.size();
    node.content = std::make_shared<const std::string>(std::move(content));
    tree.put(path, std::move(node));
}

std::optional<std::uint32_t> id_of(const std::map<std::string, std::uint32_t, std::less<>>& ids,
                                   const std::string& name_or_id) {
    if (auto found = ids.find(name_or_id); found != ids.end()) return found->second;
    return account_number(name_or_id);
}

// uid → gid, from the lines NAME:x:UID:GID:… of passwd(5).
std::map<std::uint32_t, std::uint32_t> primary_groups(std::string_view passwd) {
    std::map<std::uint32_t, std::uint32_t> out;
    for (auto line : split(passwd, '\n')) {
        auto fields = split(line, ':');
        if (fields.size() < 4) continue;
        auto uid = parse_number(fields[2]), gid = parse_number(fields[3]);
        if (uid && gid) out.emplace(static_cast<std::uint32_t>(*uid), static_cast<std::uint32_t>(*gid));
    }
    return out;
}

bool is_installed(const Plan& plan, std::string_view name) {
    return std::any_of(plan.packages.begin(), plan.packages.end(), [&](const PlannedPackage& planned) {
        return planned.locked.role == LockedPackage::Role::installed && planned.facts.name == name;
    });
}

}  // namespace

std::optional<std::uint32_t> account_number(std::string_view text) {
    auto number = parse_number(text);
    if (!number || *number > 0xfffffffe) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

Result<AccountIds> add_accounts(const Definition& definition, const std::vector<PackageAction>& actions, Plan& plan) {
    AccountRequests requests;
    add_definition(definition, requests);
    for (const auto& action : actions) add_action(action, requests);
    // Passwords are nobody's business in an image; programs that link PAM expect the files all the same.
    bool wants_shadow = is_installed(plan, "passwd");
    if (wants_shadow) requests.owning_groups.push_back({"shadow", "passwd"});
    auto files = TRY(make_account_files(requests));
    auto groups = primary_groups(files.passwd);
    if (wants_shadow) {
        auto shadow = files.gids.at("shadow");
        put_file(plan.tree, "etc/shadow", std::move(files.shadow), 0640, shadow);
        put_file(plan.tree, "etc/gshadow", std::move(files.gshadow), 0640, shadow);
    }
    put_file(plan.tree, "etc/passwd", std::move(files.passwd), 0644, 0);
    put_file(plan.tree, "etc/group", std::move(files.group), 0644, 0);
    return AccountIds{std::move(files.uids), std::move(files.gids), std::move(groups)};
}

Result<std::string> run_as(const Definition& definition, const AccountIds& ids) {
    const auto& wanted = definition.accounts.run_as;
    auto colon = wanted.find(':');
    auto name = wanted.substr(0, colon);
    auto uid = id_of(ids.users, name);
    if (!uid)
        return fail(ErrorCode::usage,
                    fmt::format("accounts.run-as: there is no user '{}' in the image; add it to accounts.users",
                                printable(name)));
    if (colon != std::string::npos) {
        auto gid = id_of(ids.groups, wanted.substr(colon + 1));
        if (!gid)
            return fail(ErrorCode::usage, fmt::format("accounts.run-as: there is no group '{}' in the image",
                                                      printable(wanted.substr(colon + 1))));
        return fmt::format("{}:{}", *uid, *gid);
    }
    // A user that the image does not know gets the group with the same id.
    auto group = ids.primary_groups.find(*uid);
    return fmt::format("{}:{}", *uid, group == ids.primary_groups.end() ? *uid : group->second);
}

}  // namespace pith::compose
