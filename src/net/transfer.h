// Transfers: the one loop of pith. Many requests at once over HTTP(S), or from files, each answered into memory
// or into a file that survives a cut and is resumed; checked against its expected size and digest. A request may
// send something, and a conversation asks one request after another.
//
// What is worth another try (no connection, a cut or stalled transfer, 408, 429, 5xx) is tried again with
// growing pauses; Retry-After is honoured. Redirects lead to http(s) only, and never from https to http; where they
// lead to another host, an Authorization header is left behind (libcurl sees to that).
// Connections are kept for later calls. An error names the URL (without its secrets), what happened and what to do.
// Thread-safety: fetch() holds no state and may run on several threads.
// Source: RFC 9110 (HTTP semantics: conditional and range requests, Retry-After).
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/progress.h"
#include "net/partial_file.h"

namespace pith::net {

enum class Method { get, head, post, put, patch };

using Headers = std::vector<std::pair<std::string, std::string>>;

// What a request sends. It is read from any place on, because a try may begin again.
class Upload {
public:
    virtual ~Upload() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    // Fills `into` with what stands at `offset`; less only at the end.
    [[nodiscard]] virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const = 0;
};

// Which addresses a transfer may reach. `as_begun`: one that began at a public address is not led to a private one
// (loopback, private, link-local) by a redirect, so that no server makes pith ask what only pith can reach.
// Behind a proxy, which looks names up itself, only literal addresses and "localhost" are told apart.
enum class Reach { anywhere, as_begun, public_only };

struct Request {
    std::string url;
    // Where the body goes: into this file, resumed if it holds a beginning; or into memory if empty.
    std::filesystem::path partial{};
    std::uint64_t most_bytes = 64 * MiB;  // a longer body is a `limit` error
    std::optional<std::uint64_t> size{};  // what the body must be; anything else is an `integrity` error
    std::optional<Digest> sha256{};
    std::string etag{}, last_modified{};  // of what one has: the answer may then be "not modified"
    std::optional<std::string> proxy{};   // unset: as http_proxy, https_proxy, no_proxy say; "": none
    Method method = Method::get;
    Headers headers{};  // one whose value cannot stand in a header is left out
    std::shared_ptr<const Upload> upload{};
    // False: whoever asks must look how far it went before it is tried again, so a cut is an error at once. What the
    // server has plainly not taken up (429, 503) is tried again all the same.
    bool repeatable = true;
    std::chrono::milliseconds pause{0};  // how long to wait before it is asked
    // Any status is an answer, once the retries are used up; of a body that is not what was asked for (not 200 or
    // 206) at most 64 KiB are kept, in memory.
    bool any_status = false;
    Reach reach = Reach::anywhere;
};

struct Response {
    int status = 0;                   // 0: from a file, or complete before anything was asked
    Headers headers;                  // as sent, of the last answer
    std::string url;                  // where the answer came from, after redirects
    bool from_public = false;         // whether the first address was a public one (see Reach)
    bool not_modified = false;        // what one has is still right; there is no body
    std::string body;                 // of a request into memory
    PartialFile file;                 // of a request into a file: locked while this lives, so it can be moved
    std::string etag, last_modified;  // for the next conditional request; empty where the server gives none

    // The first header of that name, whatever its case; empty if there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const;
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
    std::string certificates{};  // PEM: authorities that are believed beside the host's own
};

// The answers in the order of the requests. `progress` is advanced by bytes of bodies, resumed ones included;
// the caller begins and ends the step.
// Errors: usage (not a URL), offline, network, not_found (404, 410, no such file), limit, integrity, io.
[[nodiscard]] std::vector<Result<Response>> fetch(std::span<const Request> requests, const Options& options,
                                                  Progress& progress);

// Requests that follow from answers. The loop calls first(), then next() with each answer until there is nothing more
// to ask; calls for several conversations alternate on one thread.
class Conversation {
public:
    virtual ~Conversation() = default;
    [[nodiscard]] virtual std::optional<Request> first() = 0;
    [[nodiscard]] virtual std::optional<Request> next(Result<Response> answer) = 0;
};

// Holds all conversations to their ends, many at once. Progress and errors as for fetch(); bytes sent count as well.
void converse(std::span<const std::unique_ptr<Conversation>> conversations, const Options& options, Progress& progress);

// Servers, proxies and login portals answer with a page where a file was asked for.
[[nodiscard]] bool looks_like_html(std::string_view start);

}  // namespace pith::net
