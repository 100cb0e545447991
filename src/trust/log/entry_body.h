// What a log recorded, held against what a bundle says: the same signature, by the same key or certificate, over the
// same content. Without this any entry of the log would do.
//
// Source: sigstore/rekor, pkg/types (hashedrekord 0.0.1, dsse 0.0.1, intoto 0.0.2); sigstore/rekor-tiles (hashedrekord
// 0.0.2). Thread-safe.
#pragma once

#include <string>

#include "trust/artifact.h"
#include "trust/bundle.h"

namespace pith::trust {

// What was signed and by whom.
struct SignedContent {
    const Bundle& bundle;
    Artifact message;   // the file; of an envelope, its pre-authentication encoding
    Bytes signer;       // a certificate or a public key, in DER
    std::string label;  // of its PEM: "CERTIFICATE", "PUBLIC KEY"
};

// Errors: format; unsupported for another kind of entry; integrity where the entry is about something else.
[[nodiscard]] Result<> check_entry_body(const LogEntry& entry, const SignedContent& content);

}  // namespace pith::trust
