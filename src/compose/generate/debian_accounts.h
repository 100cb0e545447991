// The accounts whose ids Debian fixes (policy 9.2.2, "UID and GID classes", 0-99 and 65534): the facts of
// base-passwd's passwd.master and group.master, which are the same in bookworm and trixie.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pith::compose {

struct DebianUser {
    std::string_view name;
    std::uint32_t uid, gid;
    std::string_view gecos, home, shell;
};
struct DebianGroup {
    std::string_view name;
    std::uint32_t gid;
};

[[nodiscard]] std::span<const DebianUser> debian_users();
[[nodiscard]] std::span<const DebianGroup> debian_groups();

}  // namespace pith::compose
