// The bundle of trusted certificates in an image, from the providers that the definition names.
#pragma once

#include "compose/plan.h"

namespace pith::compose {

// Writes /etc/ssl/certs/ca-certificates.crt if the definition names providers or certificates of its own, or
// if `triggered` (the package ca-certificates is installed, and its script asks for it). Where the package is installed
// its links and /etc/ca-certificates.conf are made as well.
[[nodiscard]] Result<> add_certificates(const PlanInputs& inputs, bool triggered, Plan& plan);

}  // namespace pith::compose
