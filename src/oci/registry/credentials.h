// Who one is at a registry: what `podman login`, `docker login` and `pith login` wrote, and what credential helpers
// give.
//
// Looked for, the first that knows the registry wins: the file that is named (--authfile, $REGISTRY_AUTH_FILE), and
// then no other; else ${XDG_RUNTIME_DIR}/containers/auth.json (/run/containers/UID where that is not set),
// ~/.config/containers/auth.json, $DOCKER_CONFIG/config.json (~/.docker). In a file, credHelpers come before auths, and
// credsStore last; of the keys of auths the one that names most of the repository counts.
//
// A helper is docker-credential-NAME, run without a shell for at most 30 s.
// Source: containers-auth.json(5); Docker's "docker login" manual, "Credential stores" and "Credential helper
// protocol". Thread-safety: the functions hold no state. Secrets reach no message.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pith::oci::registry {

struct Credentials {
    std::string user, password;
    std::string identity_token;  // instead of both: an OAuth2 refresh token

    bool operator==(const Credentials&) const = default;
};

// What one file says about a repository ("docker.io/library/nginx") or a host alone.
struct AuthEntry {
    std::optional<Credentials> credentials;
    std::string helper, helper_key;  // to be asked instead: its name, and for what
};
// Errors name the file as `what`: format, limit (1 MiB).
[[nodiscard]] Result<AuthEntry> read_auth_file(std::string_view text, std::string_view name, std::string_view what);

// The answer of a helper's `get`. Nothing where it is not one.
[[nodiscard]] std::optional<Credentials> read_helper_answer(std::string_view text);

// The files that are looked into, in their order; `named` is that of --authfile, or empty.
[[nodiscard]] std::vector<std::filesystem::path> auth_files(const std::filesystem::path& named);

// Nothing where no file knows the registry. Errors: of a file that is there and cannot be read, and of a helper that
// fails otherwise than by not knowing.
[[nodiscard]] Result<std::optional<Credentials>> find_credentials(std::string_view name,
                                                                  const std::filesystem::path& named);

// Writes them for a host into the first of the files (mode 0600, whole or not at all), and takes them out of it. What
// else stands there stays. remove_credentials gives whether there were any.
[[nodiscard]] Result<std::filesystem::path> store_credentials(std::string_view host, const Credentials& credentials,
                                                              const std::filesystem::path& named);
[[nodiscard]] Result<bool> remove_credentials(std::string_view host, const std::filesystem::path& named);

}  // namespace pith::oci::registry
