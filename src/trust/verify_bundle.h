// Is a bundle's signature what it says it is? Offline: nothing is asked of anybody, and what is missing in the bundle
// is missing.
//
// Source: sigstore's client specification, "Verification"; where it leaves something open, the vectors of
// sigstore-conformance decide. In order: the content (the digest that the bundle names, or the statement's subjects),
// the timestamps, the entries of transparency logs, the certificate's chain, its logs and its names, or the key's time,
// the signature. A keyless signature needs a log entry and a time that an authority or a log has signed. Whatever in
// the bundle can be verified must hold, with one exception: timestamps of authorities that are not trusted do not
// count. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "trust/artifact.h"
#include "trust/bundle.h"
#include "trust/key_ring.h"
#include "trust/name_match.h"
#include "trust/statement.h"
#include "trust/trusted_root.h"

namespace pith::trust {

struct IdentityPolicy {
    NameMatch identity;  // whom the certificate speaks for
    NameMatch issuer;    // who vouches for that
};

struct Policy {
    std::variant<KeyRing, IdentityPolicy> signer;
    const TrustedRoot* root =
        nullptr;  // must be given for identities; with keys, log and times are left out without it
    Time now;     // what a key's time is held to where nothing proves when it was used
};

// One thing that was verified, or was not and why.
struct Check {
    std::string what;    // "signature", "log inclusion", …
    std::string detail;  // "ECDSA P-256, key 'release-2026'"
};

struct Verified {
    std::vector<Check> checks;     // all of them held
    std::vector<Check> left_out;   // `detail` is the reason
    std::string signer;            // the identity, or the key's name
    std::string issuer;            // of the identity
    std::optional<PublicKey> key;  // that made the signature; there once it is verified
    std::vector<Time> times;       // when it was signed, by those who proved it
    std::optional<Statement> statement;
};

// Errors: integrity where something does not hold, with the step as context; format, limit and unsupported for what is
// in the bundle. None of them is a verified signature.
[[nodiscard]] Result<Verified> verify_bundle(const Bundle& bundle, const Artifact& artifact, const Policy& policy);

}  // namespace pith::trust
