// The headers of a registry's answers that say something to a client. Whatever stands in one, reading it takes time and
// memory in proportion to its length. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pith::oci::registry {

// WWW-Authenticate (RFC 9110, section 11.6.1): the challenges of one header, in its order. Names of schemes and
// parameters are in lower case. What is not understood ends the reading.
struct Challenge {
    std::string scheme;                             // "bearer", "basic"
    std::map<std::string, std::string> parameters;  // "realm", "service", "scope"
    [[nodiscard]] std::string parameter(const std::string& name) const;
};
[[nodiscard]] std::vector<Challenge> read_challenges(std::string_view header);

// Link (RFC 8288): the target of rel="next", as it stands there; empty if there is none.
[[nodiscard]] std::string next_link(std::string_view header);

// Range of an upload (distribution-spec, "Pushing a blob in chunks"): "0-N", also "bytes=0-N", as how many bytes the
// registry has. Nothing where it says something else.
[[nodiscard]] std::optional<std::uint64_t> uploaded(std::string_view range);

// A media type without its parameters, in lower case.
[[nodiscard]] std::string media_type_of(std::string_view content_type);

}  // namespace pith::oci::registry
