// The keystore of trusted certificates that Java reads, /etc/ssl/certs/java/cacerts, as ca-certificates-java makes it
// with keytool: a JKS of version 2 with the password "changeit", which keeps nothing secret.
//
// Its entries are sorted by alias, and the date of each is that on which its certificate becomes valid, where keytool
// writes the order of a hash table and the time at which it runs.
//
// Source: sun.security.provider.JavaKeyStore (OpenJDK), its comment on the format; UpdateCertificates of
// ca-certificates-java 20240118 for aliases.
// Thread-safety: a function without state.
#pragma once

#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "compose/generate/ca_bundle.h"

namespace pith::compose {

// `limit` if a name is longer than the format can say (64 KiB).
[[nodiscard]] Result<Bytes> make_java_keystore(std::span<const CaBundle::Certificate> certificates);

}  // namespace pith::compose
