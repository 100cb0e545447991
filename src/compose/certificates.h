// The bundle of trusted certificates in an image, from the providers that the definition names.
#pragma once

#include <set>
#include <string>

#include "compose/plan.h"

namespace pith::compose {

// Writes /etc/ssl/certs/ca-certificates.crt if the definition names providers or certificates of its own, or if the
// trigger `ca-certificates` is set (the package is installed, and its script asks for it), which makes its links and
// /etc/ca-certificates.conf as well. The trigger `ca-certificates-java` makes Java's keystore of the same certificates.
[[nodiscard]] Result<> add_certificates(const PlanInputs& inputs, const std::set<std::string>& triggers, Plan& plan);

}  // namespace pith::compose
