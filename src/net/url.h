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
};

// Errors: usage for what is not a URL of one of the three schemes, or a file URL on another host.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// `path` below `base`: one slash between, and whatever is not plain in a path percent-encoded.
[[nodiscard]] std::string join_url(std::string_view base, std::string_view path);

// For messages: the query, and all up to the last '@', become "***". Takes anything, valid or not.
[[nodiscard]] std::string printable_url(std::string_view text);

}  // namespace pith::net
