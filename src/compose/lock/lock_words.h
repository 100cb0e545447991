// The words of a lock file for its enumerations, both ways. Thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "compose/lock.h"

namespace pith::compose {

[[nodiscard]] constexpr std::string_view role_word(LockedPackage::Role role) {
    switch (role) {
        case LockedPackage::Role::installed: return "installed";
        case LockedPackage::Role::part: return "part";
        case LockedPackage::Role::certificates: return "certificates";
    }
    return "";
}
[[nodiscard]] constexpr std::optional<LockedPackage::Role> role_of_word(std::string_view word) {
    using Role = LockedPackage::Role;
    for (auto role : {Role::installed, Role::part, Role::certificates})
        if (role_word(role) == word) return role;
    return std::nullopt;
}

[[nodiscard]] constexpr std::string_view left_out_word(solve::LeftOut::Why why) {
    return why == solve::LeftOut::Why::without ? "without" : "install-time";
}
[[nodiscard]] constexpr std::optional<solve::LeftOut::Why> left_out_of_word(std::string_view word) {
    using Why = solve::LeftOut::Why;
    for (auto why : {Why::without, Why::install_time})
        if (left_out_word(why) == word) return why;
    return std::nullopt;
}

}  // namespace pith::compose
