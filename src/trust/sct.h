// Signed certificate timestamps: proof that a certificate was shown to a public log of certificates when it was issued.
// Source: RFC 6962, sections 3.2 (the signed structure) and 3.3 (embedded in the certificate, over the certificate
// without them). Limit: 32 timestamps. Thread-safe.
#pragma once

#include "trust/certificate.h"
#include "trust/trusted_root.h"

namespace pith::trust {

// The host of the log whose embedded timestamp holds. Timestamps of logs that are not known do not count. Errors:
// format; integrity where none holds.
[[nodiscard]] Result<std::string> verify_embedded_sct(const Certificate& leaf, const Certificate& issuer,
                                                      const std::vector<Log>& logs);

}  // namespace pith::trust
