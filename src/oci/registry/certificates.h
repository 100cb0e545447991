// The authorities of a single registry: those of --ca-file, and those that podman and Docker keep for it.
// Source: containers-certs.d(5). Thread-safe.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace pith::oci::registry {

// PEM, at most 1 MiB of it; empty where there are none. `host` has its port, `ca_file` may be empty. Errors: io, limit.
[[nodiscard]] Result<std::string> certificates_for(const std::string& host, const std::filesystem::path& ca_file);

}  // namespace pith::oci::registry
