// The loop: a queue of requests, so many under way at once and to one host, each tried until it is done, is
// hopeless, or has used up its retries. libcurl's multi interface moves the bytes on this one thread.
#include "net/transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "net/attempt.h"
#include "net/url.h"

// libcurl brings GnuTLS along, for LDAP alone. It asks the program by this name whether to set itself up at its start,
// and that took a twentieth of every start (gnutls.h, GNUTLS_SKIP_GLOBAL_INIT).
extern "C" int _gnutls_global_init_skip() { return 1; }  // NOLINT(bugprone-reserved-identifier)

namespace pith::net {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Keeps libcurl's multi handle, and with it open connections, from one call to the next that may have it.
class Connections {
public:
    ~Connections() { curl_multi_cleanup(m_kept); }
    CURLM* take() {
        std::lock_guard lock(m_mutex);
        auto* kept = std::exchange(m_kept, nullptr);
        return kept ? kept : curl_multi_init();
    }
    void give_back(CURLM* multi) {
        std::lock_guard lock(m_mutex);
        curl_multi_cleanup(std::exchange(m_kept, multi));
    }
    static Connections& of_process() {
        static Connections all;
        return all;
    }

private:
    Connections() { curl_global_init(CURL_GLOBAL_DEFAULT); }
    std::mutex m_mutex;
    CURLM* m_kept = nullptr;
};

// One conversation on its way through the loop, and the request that it is at.
struct Transfer {
    Conversation* conversation;
    Request request{};
    std::string host{};
    std::optional<Body> body{};  // from the first try on
    unsigned tries = 0;
    Clock::time_point not_before{};
    std::unique_ptr<Attempt> attempt{};
    bool done = false;
};

class Loop {
public:
    Loop(const Options& options, Progress& progress)
        : m_options(options), m_progress(progress), m_multi(Connections::of_process().take()) {}
    ~Loop() { Connections::of_process().give_back(m_multi); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void add(Conversation& conversation) { m_transfers.push_back({&conversation}); }
    void run();

private:
    void take_up(Transfer& transfer, std::optional<Request> request);
    void start_ready(Clock::time_point now);
    void start(Transfer& transfer);
    void wait(Clock::time_point now);
    void collect();
    void end(Transfer& transfer, int code);
    void settle(Transfer& transfer, Result<Response> result);

    const Options& m_options;
    Progress& m_progress;
    CURLM* m_multi;
    std::deque<Transfer> m_transfers;             // each stays where it is: attempts look at their requests
    std::map<std::string, unsigned> m_active_on;  // by host
    unsigned m_active = 0;
    std::size_t m_settled = 0;
};

Result<Response> read_file_url(const Request& request, const std::filesystem::path& path, Progress& progress) {
    auto file = TRY(MappedFile::open(path));
    auto body = TRY(Body::open(request, progress));
    TRY(body.restart());
    TRY(body.append(file.bytes()));
    TRY(body.check());
    return body.hand_over({});
}

// Answers what needs no server; else gives nothing, and the host to ask.
std::optional<Result<Response>> answer_here(const Request& request, const Options& options, Progress& progress,
                                            std::string& host) {
    auto url = parse_url(request.url);
    if (!url) return std::unexpected(std::move(url).error());
    if (url->scheme == "file") return read_file_url(request, url->path, progress);
    if (options.offline)
        return fail(ErrorCode::offline, fmt::format("'{}' would have to be fetched, and --offline forbids it; run it "
                                                    "once without --offline",
                                                    printable_url(request.url)));
    host = std::move(url->host);
    return std::nullopt;
}

void Loop::run() {
    for (auto& transfer : m_transfers) take_up(transfer, transfer.conversation->first());
    while (m_settled < m_transfers.size()) {
        auto now = Clock::now();
        start_ready(now);
        wait(now);
        collect();
    }
}

// What a conversation asks next waits for its turn, unless it can be answered here.
void Loop::take_up(Transfer& transfer, std::optional<Request> request) {
    transfer.body.reset();
    while (request) {
        transfer.request = std::move(*request);
        transfer.tries = 0;
        transfer.not_before =
            transfer.request.pause.count() > 0 ? Clock::now() + transfer.request.pause : Clock::time_point();
        auto answer = answer_here(transfer.request, m_options, m_progress, transfer.host);
        if (!answer) return;
        request = transfer.conversation->next(std::move(*answer));
    }
    transfer.done = true;
    ++m_settled;
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
    if (verdict.next == Next::done) return settle(transfer, std::move(response));
    bool refused = response.status == 429 || response.status == 503;  // and nothing of it was done
    bool may_repeat = transfer.request.repeatable || refused;
    if (verdict.next == Next::retry && may_repeat && transfer.tries <= m_options.retries) {
        auto pause = m_options.retry_pause * (1U << std::min(transfer.tries - 1, 6U));
        transfer.not_before = Clock::now() + std::max(pause, verdict.pause);
        return;
    }
    if (verdict.next == Next::retry && response.status != 0) return settle(transfer, std::move(response));
    if (transfer.tries > 1) verdict.error.message += fmt::format(" (tried {} times)", transfer.tries);
    auto kept = transfer.body->give_up(verdict.error.code);
    settle(transfer, std::unexpected(kept ? std::move(verdict.error) : std::move(kept).error()));
}

void Loop::settle(Transfer& transfer, Result<Response> result) {
    take_up(transfer, transfer.conversation->next(std::move(result)));
}

// The conversation of a single request.
class Single : public Conversation {
public:
    Single(const Request& request, Result<Response>& answer) : m_request(request), m_answer(answer) {}
    std::optional<Request> first() override { return m_request; }
    std::optional<Request> next(Result<Response> answer) override {
        m_answer = std::move(answer);
        return std::nullopt;
    }

private:
    const Request& m_request;
    Result<Response>& m_answer;
};

}  // namespace

void converse(std::span<const std::unique_ptr<Conversation>> conversations, const Options& options,
              Progress& progress) {
    Loop loop(options, progress);
    for (const auto& conversation : conversations) loop.add(*conversation);
    loop.run();
}

std::vector<Result<Response>> fetch(std::span<const Request> requests, const Options& options, Progress& progress) {
    std::vector<Result<Response>> results(requests.size());
    std::vector<std::unique_ptr<Conversation>> conversations;
    for (std::size_t i = 0; i < requests.size(); ++i)
        conversations.push_back(std::make_unique<Single>(requests[i], results[i]));
    converse(conversations, options, progress);
    return results;
}

std::string_view Response::header(std::string_view name) const {
    auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
    for (const auto& [key, value] : headers)
        if (std::ranges::equal(key, name, same)) return value;
    return {};
}

bool looks_like_html(std::string_view start) {
    auto first = start.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos) return false;
    std::string head(start.substr(first, 14));
    std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
    return head.starts_with("<!doctype html") || head.starts_with("<html") || head.starts_with("<head");
}

}  // namespace pith::net
