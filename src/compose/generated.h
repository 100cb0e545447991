// The files that triggers and tools would make on a running system, made natively: the linker's cache, the
// bundle of certificates, os-release. Accounts have a step of their own, since owners need their ids.
#pragma once

#include <set>
#include <string>

#include "compose/plan.h"

namespace pith::compose {

// `triggers` are those that scripts asked for by name.
[[nodiscard]] Result<> generate_files(const PlanInputs& inputs, const std::set<std::string>& triggers, Plan& plan);

}  // namespace pith::compose
