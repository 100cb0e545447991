// The Authorization header for one repository of one registry: none until the registry asks for it, then what its
// challenge wants: a token for this repository, or user and password.
//
// A token is fetched from the realm that the challenge names: over https, unless the registry itself is spoken to in
// plain http, and not at an address of this machine or a private network, unless the registry is at one. Source:
// distribution's "Token Authentication Specification" and "OAuth2"; RFC 7617 (Basic). Not thread-safe.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "net/transfer.h"
#include "oci/registry/credentials.h"

namespace pith::oci::registry {

// How registries are reached.
struct Settings {
    net::Options net;
    std::filesystem::path auth_file;       // instead of those that auth_files() names
    std::filesystem::path ca_file;         // PEM: authorities that are believed beside the host's own
    bool plain_http = false;               // speak http; loopback is spoken to so unless it has authorities
    std::uint64_t chunk_bytes = 64 * MiB;  // a larger blob is sent in parts of this size
};

class Authorization {
public:
    // `name` is the repository with its host, or a host alone. `settings` must outlive it.
    Authorization(std::string name, const Settings& settings);

    // What to send now; empty where nothing is to be.
    [[nodiscard]] const std::string& header() const { return m_header; }
    // What tokens are asked for: "repository:library/nginx:pull". One that is new needs another token. One that is
    // optional is given up where there is no token with it.
    void add_scope(std::string scope) { add(m_scopes, std::move(scope)); }
    void add_optional_scope(std::string scope) { add(m_optional, std::move(scope)); }
    // Before several requests at once: why there was no token for one of them is the answer for the others as well.
    void begin() { m_fault.reset(); }
    // Instead of those in files, for a login.
    void use(Credentials credentials);

    // Makes a header that answers the challenges of a 401; `sent` is the header that was refused.
    // Errors: those of find_credentials() and fetch(); network where credentials are missing or refused.
    [[nodiscard]] Result<> answer(const net::Response& refused, const std::string& sent);

private:
    void add(std::set<std::string>& scopes, std::string scope);
    [[nodiscard]] Result<> load_credentials();
    [[nodiscard]] Result<std::string> fetch_token(const std::string& realm, const std::string& service,
                                                  const net::Response& refused) const;
    [[nodiscard]] Result<std::string> read_token(const net::Response& answer, const std::string& realm) const;
    [[nodiscard]] net::Request token_request(std::string url, const std::string& service) const;

    std::string m_name, m_header;
    const Settings& m_settings;
    std::set<std::string> m_scopes, m_optional;
    bool m_loaded = false;
    std::optional<Error> m_fault;  // why there is no token
    std::optional<Credentials> m_credentials;
};

// "HTTP 403, denied: requested access to the resource is denied": what a registry's answer says, for messages.
[[nodiscard]] std::string describe_answer(const net::Response& answer);

}  // namespace pith::oci::registry
