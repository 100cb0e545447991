// What the scripts of an image's packages do, gathered before any file is laid out: diversions decide where
// files go, accounts whose they are.
#pragma once

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
// script that nobody has modelled, or that sources a file of the image which is not one its model was made for.
// Adds to Plan::effects and Plan::diversions; lines of tmpfiles.d become `folder` actions.
[[nodiscard]] Result<std::vector<PackageAction>> collect_actions(const PlanInputs& inputs, Plan& plan);

}  // namespace pith::compose
