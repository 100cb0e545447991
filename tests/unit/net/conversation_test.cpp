// What is sent, what every status says, and requests that follow from answers.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <cstring>

#include "net/transfer.h"
#include "net/url.h"
#include "support/loopback.h"
#include "support/support.h"

namespace pith::net {
namespace {

using test::HttpAnswer;
using test::HttpRequest;
using test::Loopback;
using testing::HasSubstr;

class Text : public Upload {
public:
    explicit Text(std::string text) : m_text(std::move(text)) {}
    std::uint64_t size() const override { return m_text.size(); }
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const override {
        auto part = std::string_view(m_text).substr(offset, into.size());
        std::memcpy(into.data(), part.data(), part.size());
        return part.size();
    }

private:
    std::string m_text;
};

struct Counting : Progress {
    std::uint64_t advanced = 0;
    void advance(std::uint64_t amount) override { advanced += amount; }
};

Options quick() {
    Options options;
    options.retry_pause = std::chrono::milliseconds(5);
    return options;
}

Result<Response> ask(const Request& request) {
    Progress silent;
    return std::move(fetch({&request, 1}, quick(), silent).at(0));
}

TEST(Send, EveryMethodArrivesWithItsBody) {
    Loopback server([](const HttpRequest&) { return HttpAnswer{201, {{"Location", "/there"}}, "made"}; });
    std::string large(3 * MiB, 'x');
    for (auto [method, name] : {std::pair(Method::post, "POST"), {Method::put, "PUT"}, {Method::patch, "PATCH"}})
        for (const auto& text : {std::string(), std::string("hello"), large}) {
            auto answer = ask({.url = server.url("/x"),
                               .method = method,
                               .headers = {{"Content-Type", "a/b"}},
                               .upload = std::make_shared<Text>(text),
                               .any_status = true});
            ASSERT_OK(answer);
            EXPECT_EQ(answer->status, 201);
            EXPECT_EQ(answer->header("location"), "/there");
            EXPECT_EQ(answer->body, "made");
            auto request = server.requests().back();
            EXPECT_EQ(request.method, name);
            EXPECT_EQ(request.body, text);
            EXPECT_EQ(request.header("content-type"), "a/b");
            EXPECT_EQ(request.header("content-length"), fmt::format("{}", text.size()));
            EXPECT_EQ(request.header("expect"), "");
        }
    auto head = ask({.url = server.url("/x"), .method = Method::head, .any_status = true});
    ASSERT_OK(head);
    EXPECT_EQ(head->status, 201);
    EXPECT_EQ(server.requests().back().method, "HEAD");
}

TEST(Send, AHeaderCannotBeginAnother) {
    Loopback server([](const HttpRequest&) { return HttpAnswer{}; });
    ASSERT_OK(ask({.url = server.url("/"), .headers = {{"X-Good", "a b"}, {"X-Bad", "a\r\nX-Own: b"}}}));
    auto request = server.requests().back();
    EXPECT_EQ(request.header("x-good"), "a b");
    EXPECT_EQ(request.header("x-bad"), "");
    EXPECT_EQ(request.header("x-own"), "");
}

TEST(Send, CountsWhatWasSentOnce) {
    std::atomic<int> asked = 0;
    Loopback server([&](const HttpRequest&) { return HttpAnswer{asked++ == 0 ? 503 : 201}; });
    Request request{.url = server.url("/"),
                    .method = Method::put,
                    .upload = std::make_shared<Text>(std::string(5000, 'x')),
                    .any_status = true};
    Counting progress;
    auto answers = fetch({&request, 1}, quick(), progress);
    ASSERT_OK(answers[0]);
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(progress.advanced, 5000U);
}

TEST(Send, WhatMayHaveBeenDoneIsNotDoneAgain) {
    std::atomic<int> asked = 0;
    std::atomic<int> status = 500;
    Loopback server([&](const HttpRequest&) { return ++asked, HttpAnswer{status}; },
                    [&](const HttpRequest&) { return status == 0 ? std::optional<std::size_t>(2) : std::nullopt; });
    Request request{.url = server.url("/"),
                    .method = Method::patch,
                    .upload = std::make_shared<Text>(std::string(9 * MiB, 'x')),
                    .repeatable = false,
                    .any_status = true};
    auto answer = ask(request);
    ASSERT_OK(answer);
    EXPECT_EQ(answer->status, 500);
    EXPECT_EQ(asked, 1);
    status = 429;  // which says that nothing was
    ASSERT_OK(ask(request));
    EXPECT_EQ(asked, 5);
    status = 0;
    auto cut = ask(request);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, ErrorCode::network);
    EXPECT_EQ(asked, 6);
}

TEST(AnyStatus, IsAnAnswerWithABoundedBody) {
    Loopback server([](const HttpRequest&) { return HttpAnswer{404, {{"X", "y"}}, std::string(200 * KiB, 'e')}; });
    auto answer = ask({.url = server.url("/"), .any_status = true});
    ASSERT_OK(answer);
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body.size(), 64 * KiB);
    EXPECT_EQ(answer->header("x"), "y");
    EXPECT_EQ(answer->url, server.url("/"));
    EXPECT_FALSE(ask({.url = server.url("/")}));
}

TEST(Reach, IsWhereItWasAllowedTo) {
    Loopback inside([](const HttpRequest&) { return HttpAnswer{.body = "inside"}; });
    Loopback server([&](const HttpRequest&) { return HttpAnswer{302, {{"Location", inside.url("/")}}}; });
    EXPECT_OK(ask({.url = server.url("/"), .reach = Reach::as_begun}));  // it began inside
    EXPECT_EQ(inside.requests().size(), 1U);
    auto refused = ask({.url = server.url("/"), .reach = Reach::public_only});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text(), HasSubstr("an address of this machine or a private network"));
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_FALSE(ask({.url = server.url("/"), .reach = Reach::as_begun})->from_public);
}

// Counts down from an answer's number.
class Countdown : public Conversation {
public:
    Countdown(std::string base, int from, std::vector<std::string>& seen)
        : m_base(std::move(base)), m_next(from), m_seen(seen) {}
    std::optional<Request> first() override { return Request{.url = fmt::format("{}/{}", m_base, m_next)}; }
    std::optional<Request> next(Result<Response> answer) override {
        m_seen.push_back(answer ? answer->body : answer.error().text());
        if (!answer || --m_next < 0) return std::nullopt;
        return first();
    }

private:
    std::string m_base;
    int m_next;
    std::vector<std::string>& m_seen;
};

TEST(Converse, AsksWhatFollowsFromAnswers) {
    Loopback server([](const HttpRequest& request) { return HttpAnswer{.body = request.target}; });
    std::vector<std::string> seen[3];
    std::vector<std::unique_ptr<Conversation>> conversations;
    conversations.push_back(std::make_unique<Countdown>(server.url(""), 2, seen[0]));
    conversations.push_back(std::make_unique<Countdown>(server.url(""), 0, seen[1]));
    conversations.push_back(std::make_unique<Countdown>("gopher://x", 5, seen[2]));
    Progress silent;
    converse(conversations, quick(), silent);
    EXPECT_THAT(seen[0], testing::ElementsAre("/2", "/1", "/0"));
    EXPECT_THAT(seen[1], testing::ElementsAre("/0"));
    ASSERT_EQ(seen[2].size(), 1U);
    EXPECT_THAT(seen[2][0], HasSubstr("only http, https and file"));
}

TEST(Url, ResolvesAndAsks) {
    EXPECT_EQ(*resolve_url("https://a.example/v2/x/uploads/", "1?state=b"), "https://a.example/v2/x/uploads/1?state=b");
    EXPECT_EQ(*resolve_url("https://a.example/v2/x", "/y"), "https://a.example/y");
    EXPECT_EQ(*resolve_url("https://a.example/v2/x", "http://b.example/z"), "http://b.example/z");
    EXPECT_FALSE(resolve_url("https://a.example/", "ftp://b.example/"));
    EXPECT_EQ(with_query("http://a/x", "digest", "sha256:a&b=c"), "http://a/x?digest=sha256:a%26b%3Dc");
    EXPECT_EQ(with_query("http://a/x?y=z", "n", "1 2"), "http://a/x?y=z&n=1%202");
    EXPECT_EQ(parse_url("https://a.example/")->port, 443U);
    EXPECT_EQ(parse_url("http://a.example:5000/")->port, 5000U);
}

}  // namespace
}  // namespace pith::net
