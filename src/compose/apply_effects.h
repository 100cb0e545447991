// Evaluates the actions of the packages' scripts over the tree (compose/effects/action.h says what each
// means). The actions of all packages are one set: an alternative goes to the highest priority among them,
// and a path that several want keeps what the first of them made, by package name.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compose/collect_effects.h"

namespace pith::compose {

// Ids by name, of all accounts of the image.
struct AccountIds {
    std::map<std::string, std::uint32_t, std::less<>> users, groups;
    std::map<std::uint32_t, std::uint32_t> primary_groups;  // of each uid
};

// An owner that is given by its id in place of a name.
[[nodiscard]] std::optional<std::uint32_t> account_number(std::string_view text);

// Accounts are made elsewhere (generate/passwd.h); here the rest is carried out. Gives the triggers asked for.
[[nodiscard]] Result<std::set<std::string>> apply_actions(const std::vector<PackageAction>& actions,
                                                          const AccountIds& ids, Plan& plan);

}  // namespace pith::compose
