// sigstore bundles: one file with a signature and all that is needed to verify it without asking anybody.
//
// Source: sigstore/protobuf-specs, sigstore_bundle.proto, sigstore_common.proto, sigstore_rekor.proto, in their JSON
// mapping (strict: see json.h); a field that is not known is an error, since it may change what is meant. Versions 0.1,
// 0.2 and 0.3, the last by either of its media types. What a version must hold is checked here; whether any of it is
// true is verify_bundle's matter.
// Limits: 32 MiB; 32 log entries, 32 timestamps, 10 certificates, 64 hashes of an inclusion proof. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "trust/dsse.h"
#include "trust/time.h"

namespace pith::trust {

constexpr std::uint64_t most_bundle = 32 * MiB;
constexpr std::string_view bundle_media_type = "application/vnd.dev.sigstore.bundle.v0.3+json";

struct InclusionProof {
    std::uint64_t index = 0, tree_size = 0;
    Bytes root_hash;
    std::vector<Bytes> hashes;
    std::string checkpoint;  // a signed note; empty: none
};

struct LogEntry {
    std::uint64_t index = 0;  // over all shards of the log
    Bytes log_id;
    std::string kind, version;  // "hashedrekord", "0.0.1"
    std::optional<Time> integrated_time;
    Bytes signed_entry_timestamp;  // empty: none
    std::optional<InclusionProof> proof;
    Bytes body;  // canonical JSON
};

struct MessageSignature {
    std::string digest_algorithm;  // a hint, as is the digest; empty: none
    Bytes digest;
    Bytes signature;
};

struct Bundle {
    int minor_version = 3;
    std::vector<Bytes> certificates;  // DER, the signer's first; empty: signed with a key
    std::string key_hint;             // of such a key, not authenticated
    std::vector<LogEntry> log_entries;
    std::vector<Bytes> timestamps;  // RFC 3161 responses
    std::variant<MessageSignature, Envelope> content;

    [[nodiscard]] const Bytes& signature() const;
};

// An envelope in a bundle has exactly one signature. Errors: limit; format with the path of the field.
[[nodiscard]] Result<Bundle> read_bundle(std::string_view json);

}  // namespace pith::trust
