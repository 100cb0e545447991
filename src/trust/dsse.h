// DSSE, the envelope that attestations are signed in.
// Source: secure-systems-lab/dsse, protocol.md and envelope.md, v1.0.2. The signed bytes are the pre-authentication
// encoding: "DSSEv1", the length and text of the type, the length and bytes of the payload, parted by spaces.
// A keyid is not authenticated, and nothing is decided from it. Limits: 32 MiB of JSON, 32 signatures. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "trust/key.h"

namespace pith::trust {

struct EnvelopeSignature {
    std::string keyid;
    Bytes value;
};

struct Envelope {
    std::string payload_type;
    Bytes payload;
    std::vector<EnvelopeSignature> signatures;
};

[[nodiscard]] Bytes pre_authentication_encoding(std::string_view payload_type, ByteView payload);

// At least one signature. Errors: limit, or format with the path of the field.
[[nodiscard]] Result<Envelope> read_envelope(std::string_view json);
[[nodiscard]] std::string write_envelope(const Envelope& envelope);

// With one signature of the key.
[[nodiscard]] Result<Envelope> sign_envelope(std::string payload_type, Bytes payload, const PrivateKey& key);

}  // namespace pith::trust
