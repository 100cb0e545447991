#include "net/attempt.h"

#include <curl/curl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "net/address.h"
#include "net/url.h"

namespace pith::net {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Next = Attempt::Verdict::Next;

struct Attempt::State {
    const Request& request;
    const Options& options;
    Body& body;
    CURL* easy = curl_easy_init();
    curl_slist* headers = nullptr;
    char curl_text[CURL_ERROR_SIZE] = {};
    std::uint64_t offset = 0;      // what was asked for begins here
    bool begun = false;            // the answer's status was looked at
    std::optional<Error> stopped;  // why bytes were refused
    std::string other_body;        // of an answer that is not what was asked for, where that is an answer too
    std::uint64_t sent = 0;        // of the upload
    std::optional<bool> from_public;
    bool led_astray = false;  // a redirect or the URL itself leads to an address that is not to be reached

    ~State() {
        curl_slist_free_all(headers);
        curl_easy_cleanup(easy);
    }

    void set_up();
    void set_method();
    void add_header(std::string_view name, std::string_view value);
    void ask_for_the_rest();
    [[nodiscard]] std::string header(const char* name) const;
    [[nodiscard]] long status() const;
    [[nodiscard]] bool is_other() const;
    [[nodiscard]] Result<> begin_body();
    [[nodiscard]] Result<> take(ByteView bytes);
    [[nodiscard]] bool may_reach(std::string_view address, int port);
    void describe(Response& response) const;
    [[nodiscard]] Verdict judge_answer(Response& response);
    [[nodiscard]] Verdict judge_status();
    [[nodiscard]] Verdict judge_failure(CURLcode code);
    [[nodiscard]] Verdict start_over(Error error);
    [[nodiscard]] Error problem(ErrorCode code, std::string_view what, std::string_view advice) const;
    [[nodiscard]] std::string timeout_text() const;
    static std::size_t receive(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t send(char* data, std::size_t, std::size_t size, void* self);
    static int seek(void* self, curl_off_t offset, int origin);
    static int connected(void* self, char* address, char*, int port, int);
};

namespace {

template <class T>
void set(CURL* easy, CURLoption option, T value) {
    curl_easy_setopt(easy, option, value);
}

// Failures below HTTP. What is not listed is not tried again.
struct Failure {
    CURLcode code;
    bool retry;
    std::string_view advice;
};
constexpr std::size_t most_other_body = 64 * KiB;
constexpr std::size_t most_headers = 256;
constexpr int upload_patience = 10;  // a server may look at all that it was sent before it answers
constexpr std::string_view check_network = "check the network and the URL";
constexpr std::string_view check_proxy = "check the proxy's settings";
constexpr Failure failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, true, check_network},
    {CURLE_COULDNT_RESOLVE_PROXY, true, check_proxy},
    {CURLE_PROXY, false, check_proxy},
    {CURLE_COULDNT_CONNECT, true, check_network},
    {CURLE_OPERATION_TIMEDOUT, true, check_network},
    {CURLE_PARTIAL_FILE, true, "run it again to go on from there"},
    {CURLE_SEND_ERROR, true, check_network},
    {CURLE_RECV_ERROR, true, check_network},
    {CURLE_GOT_NOTHING, true, check_network},
    {CURLE_HTTP2, true, check_network},
    {CURLE_HTTP2_STREAM, true, check_network},
    {CURLE_SSL_CONNECT_ERROR, true, check_network},
    {CURLE_PEER_FAILED_VERIFICATION, false,
     "the server's certificate must be one that the host's CA bundle vouches for"},
    {CURLE_TOO_MANY_REDIRECTS, false, "check the URL"},
    {CURLE_UNSUPPORTED_PROTOCOL, false, "a redirect may lead to http or https only, and never from https to http"},
};

std::string_view status_advice(long status) {
    switch (status) {
        case 401:
        case 403: return "the server wants other credentials, or forbids it";
        case 404:
        case 410: return "check the URL, and the suite and component in it";
        case 407: return "the proxy wants credentials";
        case 429: return "wait, or use another mirror";
        default: return status >= 500 ? "try later, or use another mirror" : "check the URL";
    }
}

bool worth_retrying(long status) {
    constexpr long statuses[] = {408, 429, 500, 502, 503, 504};
    return std::ranges::find(statuses, status) != std::end(statuses);
}

}  // namespace

Attempt::Attempt(const Request& request, const Options& options, Body& body)
    : m_state(std::make_unique<State>(request, options, body)) {
    m_state->set_up();
}
Attempt::~Attempt() = default;

void* Attempt::handle() const { return m_state->easy; }

void Attempt::State::set_up() {
    set(easy, CURLOPT_URL, request.url.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    // Credentials and the integrity that TLS gave must not be lost on the way.
    set(easy, CURLOPT_REDIR_PROTOCOLS_STR, request.url.starts_with("http:") ? "http,https" : "https");
    set(easy, CURLOPT_FOLLOWLOCATION, 1L);
    set(easy, CURLOPT_MAXREDIRS, static_cast<long>(options.redirects));
    set(easy, CURLOPT_FAILONERROR, request.any_status ? 0L : 1L);
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_FILETIME, 1L);
    set(easy, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_timeout.count()));
    set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    auto patience = options.stall_timeout.count() * (request.upload ? upload_patience : 1);
    set(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(patience));
    set(easy, CURLOPT_TIMEOUT, static_cast<long>(options.total_timeout.count()));
    set(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
    set(easy, CURLOPT_ERRORBUFFER, curl_text);
    set(easy, CURLOPT_WRITEFUNCTION, &State::receive);
    set(easy, CURLOPT_WRITEDATA, this);
    set(easy, CURLOPT_BUFFERSIZE, static_cast<long>(256 * KiB));
    set(easy, CURLOPT_PREREQFUNCTION, &State::connected);
    set(easy, CURLOPT_PREREQDATA, this);
    if (!options.certificates.empty()) {
        // Beside these the host's own are believed still: those of the folder that libcurl was built to look into.
        curl_blob pem{const_cast<char*>(options.certificates.data()), options.certificates.size(), CURL_BLOB_NOCOPY};
        set(easy, CURLOPT_CAINFO_BLOB, &pem);
    }
    set_method();
    if (request.proxy) set(easy, CURLOPT_PROXY, request.proxy->c_str());
    add_header("If-None-Match", request.etag);
    add_header("If-Modified-Since", request.last_modified);
    for (const auto& [name, value] : request.headers) add_header(name, value);
    ask_for_the_rest();
    set(easy, CURLOPT_HTTPHEADER, headers);
}

void Attempt::State::set_method() {
    constexpr const char* names[] = {"GET", "HEAD", "POST", "PUT", "PATCH"};
    if (request.method == Method::get) return;
    if (request.method == Method::head) return set(easy, CURLOPT_NOBODY, 1L);
    auto size = request.upload ? static_cast<curl_off_t>(request.upload->size()) : 0;
    set(easy, CURLOPT_UPLOAD, 1L);
    set(easy, CURLOPT_CUSTOMREQUEST, names[static_cast<int>(request.method)]);
    set(easy, CURLOPT_INFILESIZE_LARGE, size);
    set(easy, CURLOPT_READFUNCTION, &State::send);
    set(easy, CURLOPT_READDATA, this);
    set(easy, CURLOPT_SEEKFUNCTION, &State::seek);
    set(easy, CURLOPT_SEEKDATA, this);
    set(easy, CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(512 * KiB));
    headers = curl_slist_append(headers, "Expect:");  // not to wait for a "100 Continue" that may never come
}

void Attempt::State::add_header(std::string_view name, std::string_view value) {
    if (value.empty() || printable(value, value.size()) != value) return;
    headers = curl_slist_append(headers, fmt::format("{}: {}", name, value).c_str());
}

void Attempt::State::ask_for_the_rest() {
    if (!body.resumable()) return;
    offset = body.size();
    set(easy, CURLOPT_RANGE, fmt::format("{}-", offset).c_str());
    // Without a digest to tell in the end, the server must tell now whether it is still the same file.
    if (!request.sha256)
        add_header("If-Range", fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(body.last_modified())));
}

std::string Attempt::State::header(const char* name) const {
    curl_header* found = nullptr;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK) return {};
    return found->value;
}

long Attempt::State::status() const {
    long out = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &out);
    return out;
}

// Whether it is an answer, but not with the body that was asked for.
bool Attempt::State::is_other() const { return request.any_status && status() != 200 && status() != 206; }

// Decides, once the headers are there, whether the bytes that follow continue what one has.
Result<> Attempt::State::begin_body() {
    if (std::exchange(begun, true)) return {};
    if (status() == 206) {
        if (offset > 0 && header("Content-Range").starts_with(fmt::format("bytes {}-", offset))) return {};
        return std::unexpected(problem(ErrorCode::network, "the server sent another part than was asked for",
                                       "use another mirror, or no proxy"));
    }
    if (status() != 200)
        return std::unexpected(
            problem(ErrorCode::network, fmt::format("the server answered {}", status()), "check the URL"));
    TRY(body.restart());
    offset = 0;
    curl_off_t time = -1;
    curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &time);
    body.note_last_modified(std::max<curl_off_t>(time, 0));
    return {};
}

Result<> Attempt::State::take(ByteView bytes) {
    if (is_other()) {
        other_body += as_text(bytes.first(std::min(bytes.size(), most_other_body - other_body.size())));
        return {};
    }
    TRY(begin_body());
    return body.append(bytes);
}

std::size_t Attempt::State::receive(char* data, std::size_t, std::size_t size, void* self) {
    auto& state = *static_cast<State*>(self);
    auto taken = state.take(as_bytes({data, size}));
    if (taken) return size;
    state.stopped = std::move(taken).error();
    return CURL_WRITEFUNC_ERROR;
}

std::size_t Attempt::State::send(char* data, std::size_t, std::size_t size, void* self) {
    auto& state = *static_cast<State*>(self);
    if (!state.request.upload) return 0;
    auto got = state.request.upload->read(state.sent, std::as_writable_bytes(std::span(data, size)));
    if (!got) {
        state.stopped = std::move(got).error();
        return CURL_READFUNC_ABORT;
    }
    state.sent += *got;
    state.body.note_sent(state.sent);
    return *got;
}

int Attempt::State::seek(void* self, curl_off_t offset, int) {
    static_cast<State*>(self)->sent = static_cast<std::uint64_t>(offset);  // libcurl seeks from the start alone
    return CURL_SEEKFUNC_OK;
}

// Before a request is sent over a connection, a new one or one that was kept; so for each redirect as well.
int Attempt::State::connected(void* self, char* address, char*, int port, int) {
    auto& state = *static_cast<State*>(self);
    if (state.may_reach(address, port)) return CURL_PREREQFUNC_OK;
    state.led_astray = true;
    return CURL_PREREQFUNC_ABORT;
}

bool Attempt::State::may_reach(std::string_view address, int port) {
    char* reached = nullptr;
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &reached);
    auto url = parse_url(reached ? reached : "");
    if (!url) return false;
    bool is_proxy = static_cast<unsigned>(port) != url->port;  // then it is not the server's address
    bool is_public = !is_private_address(url->host) && (is_proxy || !is_private_address(address));
    if (!from_public) from_public = is_public;
    if (request.reach == Reach::anywhere || is_public) return true;
    return request.reach == Reach::as_begun && !*from_public;
}

void Attempt::State::describe(Response& response) const {
    response.status = static_cast<int>(status());
    response.from_public = from_public.value_or(false);
    char* reached = nullptr;
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &reached);
    response.url = reached ? reached : "";
    for (curl_header* each = nullptr;
         (each = curl_easy_nextheader(easy, CURLH_HEADER, -1, each)) && response.headers.size() < most_headers;)
        response.headers.emplace_back(each->name, each->value);
    response.etag = header("ETag");
    response.last_modified = header("Last-Modified");
}

Attempt::Verdict Attempt::judge(int code, Response& response) {
    auto& state = *m_state;
    if (state.led_astray)
        return {Next::give_up, state.problem(ErrorCode::network,
                                             "it leads from a public server to an address of this machine or a "
                                             "private network",
                                             "a server that can be trusted does not do that")};
    if (state.stopped && state.offset > 0) return state.start_over(std::move(*state.stopped));
    if (state.stopped) return {Next::give_up, std::move(*state.stopped)};
    if (code == CURLE_OK) {
        state.describe(response);
        return state.judge_answer(response);
    }
    if (code == CURLE_HTTP_RETURNED_ERROR) return state.judge_status();
    return state.judge_failure(static_cast<CURLcode>(code));
}

Attempt::Verdict Attempt::State::judge_answer(Response& response) {
    if (is_other()) {
        response.body = std::move(other_body);
        return worth_retrying(status()) ? judge_status() : Verdict{};
    }
    bool conditional = !request.etag.empty() || !request.last_modified.empty();
    response.not_modified = conditional && status() == 304;
    if (!response.not_modified) {
        auto whole = begin_body();  // an empty body has not begun yet
        if (whole) whole = body.check();
        if (!whole && offset > 0) return start_over(std::move(whole).error());
        if (!whole) return {Next::give_up, std::move(whole).error()};
        response = body.hand_over(std::move(response));
    }
    return {};
}

// What was resumed did not fit together: once more, from the first byte.
Attempt::Verdict Attempt::State::start_over(Error error) {
    if (auto restarted = body.restart(); !restarted) return {Next::give_up, std::move(restarted).error()};
    return {Next::retry, std::move(error)};
}

Attempt::Verdict Attempt::State::judge_status() {
    auto error = problem(status() == 404 || status() == 410 ? ErrorCode::not_found : ErrorCode::network,
                         fmt::format("the server answered {}", status()), status_advice(status()));
    if (status() == 416 && offset > 0) return start_over(std::move(error));
    if (!worth_retrying(status())) return {Next::give_up, std::move(error)};
    curl_off_t after = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &after);
    if (after > options.most_retry_after.count())
        return {Next::give_up, problem(ErrorCode::network,
                                       fmt::format("the server answered {} and asks to wait {} s, longer than the {} s "
                                                   "that are waited",
                                                   status(), after, options.most_retry_after.count()),
                                       status_advice(status()))};
    return {Next::retry, std::move(error), seconds(after)};
}

Attempt::Verdict Attempt::State::judge_failure(CURLcode code) {
    std::string what = curl_text[0] ? curl_text : curl_easy_strerror(code);
    if (code == CURLE_OPERATION_TIMEDOUT) what = timeout_text();
    const auto* known = std::ranges::find(failures, code, &Failure::code);
    if (known == std::end(failures)) return {Next::give_up, problem(ErrorCode::network, what, check_network)};
    return {known->retry ? Next::retry : Next::give_up, problem(ErrorCode::network, what, known->advice)};
}

std::string Attempt::State::timeout_text() const {
    double connected = 0, total = 0;
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME, &connected);
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME, &total);
    if (connected == 0) return fmt::format("no connection within {} s", options.connect_timeout.count());
    if (total >= static_cast<double>(options.total_timeout.count()))
        return fmt::format("it takes longer than {} s", options.total_timeout.count());
    return fmt::format("no byte came for {} s", options.stall_timeout.count());
}

Error Attempt::State::problem(ErrorCode code, std::string_view what, std::string_view advice) const {
    char* reached = nullptr;
    long redirects = 0;
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &reached);
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_COUNT, &redirects);
    auto where = fmt::format("'{}'", printable_url(request.url));
    if (redirects > 0 && reached) where += fmt::format(" (redirected to '{}')", printable_url(reached));
    return {code,
            fmt::format("cannot {} {}: {}; {}", request.upload ? "send to" : "fetch", where, printable(what), advice)};
}

}  // namespace pith::net
