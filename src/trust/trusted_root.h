// Whom keyless signatures are verified against: transparency logs, certificate authorities, logs of certificates and
// timestamp authorities, each with the time during which it is trusted.
//
// Source: sigstore/protobuf-specs, sigstore_trustroot.proto (`trusted_root.json`). Fields that are not known are passed
// over, since the format grows. A log's key must say from when it is valid.
// Limits: 4 MiB, 256 of each. Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "trust/certificate.h"
#include "trust/key.h"
#include "trust/time.h"

namespace pith::trust {

struct Log {
    std::string host;  // of its address, with the port where it gives one: "rekor.sigstore.dev"
    Bytes id;
    Bytes checkpoint_id;  // what its checkpoints' signatures name it by begins with this: mostly `id`
    PublicKey key;
    Validity valid;
};

struct Authority {
    std::string name;  // its address
    Chain chain;       // not empty
    Validity valid;
};

struct TrustedRoot {
    std::vector<Log> logs, certificate_logs;
    std::vector<Authority> certificate_authorities, timestamp_authorities;
};

// Errors: limit; unsupported for another version; format with the path of the field.
[[nodiscard]] Result<TrustedRoot> read_trusted_root(std::string_view json);
// Of a file of at most 4 MiB.
[[nodiscard]] Result<TrustedRoot> read_trusted_root_file(const std::filesystem::path& file);

}  // namespace pith::trust
