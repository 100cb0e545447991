// Fetching: the one transfer loop of pith. Many requests at once over HTTP(S), or from files, each into memory
// or into a file that survives a cut and is resumed; checked against its expected size and digest.
//
// What is worth another try (no connection, a cut or stalled transfer, 408, 429, 5xx) is tried again with
// growing pauses; Retry-After is honoured. Redirects lead to http(s) only, and never from https to http.
// An error names the URL (without its secrets), what happened and what to do.
// Thread-safety: fetch() holds no state and may run on several threads.
// Source: RFC 9110 (HTTP semantics: conditional and range requests, Retry-After).
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/progress.h"
#include "net/partial_file.h"

namespace pith::net {

struct Request {
    std::string url;
    // Where the body goes: into this file, resumed if it holds a beginning; or into memory if empty.
    std::filesystem::path partial{};
    std::uint64_t most_bytes = 64 * MiB;  // a longer body is a `limit` error
    std::optional<std::uint64_t> size{};  // what the body must be; anything else is an `integrity` error
    std::optional<Digest> sha256{};
    std::string etag{}, last_modified{};  // of what one has: the answer may then be "not modified"
    std::optional<std::string> proxy{};   // unset: as http_proxy, https_proxy, no_proxy say; "": none
};

struct Response {
    bool not_modified = false;        // what one has is still right; there is no body
    std::string body;                 // of a request into memory
    PartialFile file;                 // of a request into a file: locked while this lives, so it can be moved
    std::string etag, last_modified;  // for the next conditional request; empty where the server gives none
};

struct Options {
    unsigned parallel = 8, parallel_per_host = 4;
    unsigned retries = 3;                         // after the first try
    std::chrono::milliseconds retry_pause{1000};  // before the first retry; doubled before each further one
    std::chrono::seconds most_retry_after{60};    // a server that asks for more is an error
    std::chrono::seconds connect_timeout{15};
    std::chrono::seconds stall_timeout{30};           // without a single byte
    std::chrono::seconds total_timeout{2 * 60 * 60};  // for one try
    unsigned redirects = 10;
    bool offline = false;  // then only file URLs are read
    std::string user_agent = "pith";
};

// The answers in the order of the requests. `progress` is advanced by bytes of bodies, resumed ones included;
// the caller begins and ends the step.
// Errors: usage (not a URL), offline, network, not_found (404, 410, no such file), limit, integrity, io.
[[nodiscard]] std::vector<Result<Response>> fetch(std::span<const Request> requests, const Options& options,
                                                  Progress& progress);

// Servers, proxies and login portals answer with a page where a file was asked for.
[[nodiscard]] bool looks_like_html(std::string_view start);

}  // namespace pith::net
