// /etc/passwd and its companions: the accounts of the definition, those that scripts make, and those that
// owners of files name. The rule for ids is generate/passwd.h's.
#pragma once

#include "compose/apply_effects.h"
#include "compose/plan.h"

namespace pith::compose {

// Writes the files into the tree and gives the ids; homes of system users are not made, as with adduser's
// --no-create-home, unless an action makes them.
[[nodiscard]] Result<AccountIds> add_accounts(const Definition& definition, const std::vector<PackageAction>& actions,
                                              Plan& plan);

// "65532:65532" for the image's configuration, from a name or "uid" or "uid:gid".
[[nodiscard]] Result<std::string> run_as(const Definition& definition, const AccountIds& ids);

}  // namespace pith::compose
