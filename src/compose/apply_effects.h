// Evaluates the actions of the packages' scripts over the tree (compose/effects/action.h says what each
// means). The actions of all packages are one set: an alternative goes to the highest priority among them,
// and a path that several want keeps what the first of them made, by package name.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compose/effects/action.h"
#include "compose/plan.h"

namespace pith::compose {

struct PackageAction {
    int package = 0;     // into Plan::packages
    std::string script;  // "nginx-common.postinst", for messages
    Action action;
};

// The actions of every installed package, in the order of the packages; an `unmodelled` error for the first
// script that nobody has modelled. Adds to Plan::effects.
[[nodiscard]] Result<std::vector<PackageAction>> collect_actions(const EffectsModel& model, Plan& plan);

// Ids by name, of all accounts of the image.
struct AccountIds {
    std::map<std::string, std::uint32_t, std::less<>> users, groups;
    std::map<std::uint32_t, std::uint32_t> primary_groups;  // of each uid
};

// Accounts are made elsewhere (generate/passwd.h); here the rest is carried out. Gives the triggers asked for.
[[nodiscard]] Result<std::set<std::string>> apply_actions(const std::vector<PackageAction>& actions,
                                                          const AccountIds& ids, Plan& plan);

}  // namespace pith::compose
