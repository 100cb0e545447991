// URLs, as far as pith must understand them itself: which scheme and host, how to go below one, and how to
// show one without the secrets in it. Parsed by libcurl, so that what is checked is what is fetched.
// Source: RFC 3986. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pith::net {

struct Url {
    std::string scheme;  // "http", "https" or "file"
    std::string host;    // lower case, without user, password and port; empty for file
    std::string path;    // percent-decoded, begins with '/'
    unsigned port = 0;   // also where it follows from the scheme; 0 for file
};

// Errors: usage for what is not a URL of one of the three schemes, or a file URL on another host.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// `path` below `base`: one slash between, and whatever is not plain in a path percent-encoded.
[[nodiscard]] std::string join_url(std::string_view base, std::string_view path);

// Where `reference` leads from `base`: it may be a whole URL, or relative (RFC 3986, section 5). Errors as above.
[[nodiscard]] Result<std::string> resolve_url(std::string_view base, std::string_view reference);

// `name=value` at the end of the URL's query, percent-encoded.
[[nodiscard]] std::string with_query(std::string_view url, std::string_view name, std::string_view value);

// For messages: the query, and all up to the last '@', become "***". Takes anything, valid or not.
[[nodiscard]] std::string printable_url(std::string_view text);

}  // namespace pith::net
