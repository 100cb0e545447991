// Writes bundles of version 0.3 for signatures by a key, which the bundle names by its hint, as cosign does.
// Thread-safe.
#pragma once

#include "trust/bundle.h"

namespace pith::trust {

[[nodiscard]] Result<MessageSignature> sign_message(ByteView message, const PrivateKey& key);

// The envelope has one signature, of this key.
[[nodiscard]] std::string write_bundle(const Envelope& envelope, const PublicKey& key);
[[nodiscard]] std::string write_bundle(const MessageSignature& signature, const PublicKey& key);

}  // namespace pith::trust
