// The loop: a queue of requests, so many under way at once and to one host, each tried until it is done, is
// hopeless, or has used up its retries. libcurl's multi interface moves the bytes on this one thread.
#include "net/transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "net/attempt.h"
#include "net/url.h"

namespace pith::net {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// One request on its way through the loop.
struct Transfer {
    const Request& request;
    std::string host;
    Result<Response>* result;
    std::optional<Body> body{};  // from the first try on
    unsigned tries = 0;
    Clock::time_point not_before{};
    std::unique_ptr<Attempt> attempt{};
    bool done = false;
};

class Loop {
public:
    Loop(const Options& options, Progress& progress)
        : m_options(options), m_progress(progress), m_multi(curl_multi_init()) {}
    ~Loop() { curl_multi_cleanup(m_multi); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void add(const Request& request, std::string host, Result<Response>& result) {
        m_transfers.push_back({request, std::move(host), &result});
    }
    void run();

private:
    void start_ready(Clock::time_point now);
    void start(Transfer& transfer);
    void wait(Clock::time_point now);
    void collect();
    void end(Transfer& transfer, int code);
    void settle(Transfer& transfer, Result<Response> result);

    const Options& m_options;
    Progress& m_progress;
    CURLM* m_multi;
    std::vector<Transfer> m_transfers;
    std::map<std::string, unsigned> m_active_on;  // by host
    unsigned m_active = 0;
    std::size_t m_settled = 0;
};

void Loop::run() {
    while (m_settled < m_transfers.size()) {
        auto now = Clock::now();
        start_ready(now);
        wait(now);
        collect();
    }
}

void Loop::start_ready(Clock::time_point now) {
    for (auto& transfer : m_transfers) {
        if (m_active >= m_options.parallel) return;
        if (transfer.done || transfer.attempt || transfer.not_before > now) continue;
        if (m_active_on[transfer.host] < m_options.parallel_per_host) start(transfer);
    }
}

void Loop::start(Transfer& transfer) {
    if (!transfer.body) {
        auto body = Body::open(transfer.request, m_progress);
        if (!body) return settle(transfer, std::unexpected(std::move(body).error()));
        transfer.body = std::move(*body);
        if (transfer.body->complete()) return settle(transfer, transfer.body->hand_over({}));
    }
    transfer.attempt = std::make_unique<Attempt>(transfer.request, m_options, *transfer.body);
    curl_multi_add_handle(m_multi, transfer.attempt->handle());
    ++transfer.tries;
    ++m_active;
    ++m_active_on[transfer.host];
}

// Moves bytes, then sleeps until there are more or the next retry is due.
void Loop::wait(Clock::time_point now) {
    int running = 0;
    curl_multi_perform(m_multi, &running);
    if (static_cast<unsigned>(running) < m_active || m_settled == m_transfers.size()) return;
    auto pause = milliseconds(1000);
    for (const auto& transfer : m_transfers)
        if (!transfer.done && transfer.not_before > now)
            pause = std::min(pause, std::chrono::ceil<milliseconds>(transfer.not_before - now));
    curl_multi_poll(m_multi, nullptr, 0, static_cast<int>(pause.count()), nullptr);
}

void Loop::collect() {
    int left = 0;
    while (const auto* message = curl_multi_info_read(m_multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        auto ended = std::ranges::find_if(m_transfers, [&](const Transfer& transfer) {
            return transfer.attempt && transfer.attempt->handle() == message->easy_handle;
        });
        end(*ended, message->data.result);
    }
}

void Loop::end(Transfer& transfer, int code) {
    using Next = Attempt::Verdict::Next;
    Response response;
    auto verdict = transfer.attempt->judge(code, response);
    curl_multi_remove_handle(m_multi, transfer.attempt->handle());
    transfer.attempt.reset();
    --m_active;
    --m_active_on[transfer.host];
    if (verdict.next == Next::done)
        return settle(transfer,
                      response.not_modified ? std::move(response) : transfer.body->hand_over(std::move(response)));
    if (verdict.next == Next::retry && transfer.tries <= m_options.retries) {
        auto pause = m_options.retry_pause * (1U << std::min(transfer.tries - 1, 6U));
        transfer.not_before = Clock::now() + std::max(pause, verdict.pause);
        return;
    }
    if (transfer.tries > 1) verdict.error.message += fmt::format(" (tried {} times)", transfer.tries);
    auto kept = transfer.body->give_up(verdict.error.code);
    settle(transfer, std::unexpected(kept ? std::move(verdict.error) : std::move(kept).error()));
}

void Loop::settle(Transfer& transfer, Result<Response> result) {
    *transfer.result = std::move(result);
    transfer.body.reset();
    transfer.done = true;
    ++m_settled;
}

Result<Response> read_file_url(const Request& request, const std::filesystem::path& path, Progress& progress) {
    auto file = TRY(MappedFile::open(path));
    auto body = TRY(Body::open(request, progress));
    TRY(body.restart());
    TRY(body.append(file.bytes()));
    TRY(body.check());
    return body.hand_over({});
}

// Answers what needs no server; the rest goes into the loop, which fills in its result.
void dispatch(const Request& request, const Options& options, Progress& progress, Loop& loop,
              Result<Response>& result) {
    auto url = parse_url(request.url);
    if (!url)
        result = std::unexpected(std::move(url).error());
    else if (url->scheme == "file")
        result = read_file_url(request, url->path, progress);
    else if (options.offline)
        result = fail(ErrorCode::offline, fmt::format("'{}' would have to be fetched, and --offline forbids it; run it "
                                                      "once without --offline",
                                                      printable_url(request.url)));
    else
        loop.add(request, url->host, result);
}

}  // namespace

std::vector<Result<Response>> fetch(std::span<const Request> requests, const Options& options, Progress& progress) {
    static std::once_flag started;
    std::call_once(started, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    std::vector<Result<Response>> results(requests.size());
    Loop loop(options, progress);
    for (std::size_t i = 0; i < requests.size(); ++i) dispatch(requests[i], options, progress, loop, results[i]);
    loop.run();
    return results;
}

bool looks_like_html(std::string_view start) {
    auto first = start.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos) return false;
    std::string head(start.substr(first, 14));
    std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
    return head.starts_with("<!doctype html") || head.starts_with("<html") || head.starts_with("<head");
}

}  // namespace pith::net
