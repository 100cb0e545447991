// Private keys in files: cosign's encrypted format, which `pith keygen` writes, and plain PKCS #8.
//
// cosign's format (cosign, pkg/cosign/keys.go, and go-securesystemslib, encrypted): PEM "ENCRYPTED SIGSTORE PRIVATE
// KEY", formerly "ENCRYPTED COSIGN PRIVATE KEY", around JSON
//   {"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":…},
//    "cipher":{"name":"nacl/secretbox","nonce":…},"ciphertext":…}
// whose plaintext is PKCS #8. N is written as 65536; 32768 and 131072 are read as well and nothing else, since N is
// what the memory goes by (128 MiB with the largest). Limits: 64 KiB. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "trust/key.h"

namespace pith::trust {

using AskPassword = std::function<Result<Secret>()>;

// "ENCRYPTED … PRIVATE KEY" as above, "PRIVATE KEY" (PKCS #8), "EC PRIVATE KEY". `ask` is called for an encrypted key
// only. Errors: format for what is no key or is cut off; unsupported; integrity for a wrong password, which cannot be
// told from a damaged key.
[[nodiscard]] Result<PrivateKey> read_private_key(std::string_view pem, const AskPassword& ask);

// cosign's format. Salt and nonce are random.
[[nodiscard]] Result<std::string> write_private_key(const PrivateKey& key, const Secret& password);

}  // namespace pith::trust
