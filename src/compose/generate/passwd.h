// /etc/passwd, /etc/group, /etc/shadow and /etc/gshadow: the accounts of an image.
//
// Who is in them: root, nobody and nonroot (65532) always; the accounts asked for, by a definition with
// their ids or by a maintainer script without; and of Debian's fixed accounts (base-passwd) those that
// something names. Other accounts of base-passwd are left out: nothing in the image is theirs.
//
// The ids of accounts that are asked for without one follow from their names alone, so that two images, and
// two versions of one image, give a name the same id: SHA-256 of the name, its first 8 bytes as a big-endian
// number, modulo 899, plus 101 (101 to 999 are Debian's dynamic system ids, less `users`). An id that
// is taken passes the name on to the next one, after 999 to 101. Explicit ids are taken first, then groups
// get theirs in the order of their names, then users, beginning at the id of the group of their own name.
//
// Source: passwd(5), group(5), shadow(5), gshadow(5); adduser(8) for the defaults of system users.
// Limits: 899 accounts of each kind without an id; names as useradd(8) takes them, 32 bytes long.
// Thread-safety: a function without state.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace pith::compose {

struct UserRequest {
    std::string name;
    std::optional<std::uint32_t> uid{};    // unset: by the rule above
    std::optional<std::uint32_t> gid{};    // of the primary group, which gets the user's name if none has this id
    std::string group{};                   // or the primary group's name; made if missing. Neither: nogroup
    std::string gecos{}, home{}, shell{};  // empty: none, /nonexistent, /usr/sbin/nologin
    std::vector<std::string> groups{};     // further groups; made if missing
    std::string place{};                   // who asks, for errors: "image.yaml line 12", "redis-tools.postinst"
};

struct GroupRequest {
    std::string name;
    std::optional<std::uint32_t> gid{};
    std::vector<std::string> members{};  // users that exist or are Debian's
    std::string place{};
};

// A name that an owner of a file bears: it must be asked for, or be Debian's.
struct NamedAccount {
    std::string name;
    std::string place{};
};

struct AccountRequests {
    // Of several requests for one name the first one's home, shell and so on hold, as adduser leaves an
    // existing user alone; a definition's come first. For Debian's own accounts only a request with an id
    // changes anything.
    std::vector<UserRequest> users{};
    std::vector<GroupRequest> groups{};
    std::vector<NamedAccount> owning_users{}, owning_groups{};
};

struct AccountFiles {
    std::string passwd, group, shadow, gshadow;                    // sorted by id, then name
    std::map<std::string, std::uint32_t, std::less<>> uids, gids;  // of every account that is in them
};

// `conflict` errors name both places: one name with two ids, one id with two names, uid 0 for another name
// than root. An account that a definition gives nonroot's id takes its place. `usage` errors name what cannot
// stand in such a file, `not_found` errors an owner or member that nothing makes.
[[nodiscard]] Result<AccountFiles> make_account_files(const AccountRequests& requests);

}  // namespace pith::compose
