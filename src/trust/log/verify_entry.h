// An entry of a transparency log (Rekor, either version), verified without asking the log: by its signed entry
// timestamp, its inclusion proof and checkpoint, whichever the bundle brings.
//
// Source: sigstore/rekor, openapi.yaml and pkg/verify: the signed entry timestamp is over the canonical JSON (RFC 8785)
// of {body, integratedTime, logID, logIndex}; sigstore/rekor-tiles: no such timestamp and no time of its own, and the
// checkpoint's origin is the log's host. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trust/bundle.h"
#include "trust/trusted_root.h"

namespace pith::trust {

struct VerifiedEntry {
    std::string log;           // its host
    std::optional<Time> time;  // that the log signed
    bool included = false;     // was an inclusion proof verified?
};

// `times`: other proof of when it was signed; the log must have been valid at the entry's own time, or else at these.
// Errors: integrity, format.
[[nodiscard]] Result<VerifiedEntry> verify_entry(const LogEntry& entry, const std::vector<Log>& logs,
                                                 const std::vector<Time>& times);

}  // namespace pith::trust
