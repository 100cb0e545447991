// The public keys that are trusted, each during a time: what --key takes. Keys are rotated by adding the new one and
// giving the old one an end. A key outside its time verifies nothing that cannot be proved to have been signed before.
//
// A ring is YAML:
//   keys:
//     - name: release-2026           # for messages; the file's name unless given
//       key: release-2026.pub        # a PEM file beside the ring, or the PEM itself
//       from: 2026-01-01             # a date or a time (RFC 3339); both may be left out
//       until: 2026-12-31            # a date as an end means the whole day, in UTC
// A PEM public key is a ring of one key, always valid. Limits: 1 MiB, 256 keys, 64 KiB each. Thread-safe.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "trust/key.h"
#include "trust/time.h"

namespace pith::trust {

struct RingKey {
    std::string name;
    PublicKey key;
    Validity valid;
};

struct KeyRing {
    std::vector<RingKey> keys;  // at least one
};

// Gives the text of a key's file as the ring names it.
using ReadKeyFile = std::function<Result<std::string>(const std::string& name)>;

// `name` is the file's name. Errors: limit; format and unsupported, with the file's name; those of `read`.
[[nodiscard]] Result<KeyRing> parse_key_ring(std::string_view text, const std::string& name, const ReadKeyFile& read);
[[nodiscard]] Result<KeyRing> read_key_ring(const std::filesystem::path& file);

// The key that made a signature: the first that `verify` accepts. Errors: integrity if there is none; that of `verify`
// if it cannot tell.
[[nodiscard]] Result<const RingKey*> signer(const KeyRing& ring,
                                            const std::function<Result<>(const PublicKey& key)>& verify);

// Integrity error unless the key was valid at all of these times. `proved`: are they those of signing, or is it now?
[[nodiscard]] Result<> check_valid(const RingKey& key, const std::vector<Time>& times, bool proved);

}  // namespace pith::trust
