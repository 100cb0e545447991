// An envelope as a part of other documents. Only .cpp files include it.
#pragma once

#include "trust/dsse.h"
#include "trust/json.h"

namespace pith::trust {

[[nodiscard]] Result<Envelope> read_envelope(const JsonObject& object);
[[nodiscard]] Json envelope_json(const Envelope& envelope);

}  // namespace pith::trust
