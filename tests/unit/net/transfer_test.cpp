#include "net/transfer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "support/loopback.h"
#include "support/support.h"

using namespace pith;
using net::Request;
using test::HttpAnswer;
using test::HttpRequest;
using test::Loopback;
using test::Scratch;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

net::Options quick() {
    net::Options options;
    options.retry_pause = std::chrono::milliseconds(5);
    options.stall_timeout = std::chrono::seconds(1);
    options.connect_timeout = std::chrono::seconds(2);
    return options;
}

Result<net::Response> fetch_one(const Request& request, const net::Options& options = quick()) {
    Progress silent;
    auto results = net::fetch({&request, 1}, options, silent);
    return std::move(results.at(0));
}

std::string long_text(std::size_t size) {
    std::string out;
    for (std::size_t i = 0; out.size() < size; ++i) out += fmt::format("{}\n", i);
    out.resize(size);
    return out;
}

struct Counting : Progress {
    std::uint64_t advanced = 0;
    void advance(std::uint64_t amount) override { advanced += amount; }
};

// What a run gave back: the body, or its error.
void expect_error(const Result<net::Response>& result, ErrorCode code, const testing::Matcher<std::string>& text) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << result.error().text();
    EXPECT_THAT(result.error().text(), text);
}

}  // namespace

TEST(Fetch, AnswersStandInTheOrderOfTheRequests) {
    std::atomic<unsigned> busy = 0, most_busy = 0;
    Loopback server([&](const HttpRequest& request) {
        unsigned now = ++busy;
        for (auto seen = most_busy.load(); seen < now && !most_busy.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        --busy;
        return HttpAnswer{.body = "body of " + request.target};
    });
    std::vector<Request> requests;
    for (int i = 0; i < 30; ++i) requests.push_back({.url = server.url(fmt::format("/{}", i))});
    Counting progress;
    auto results = net::fetch(requests, quick(), progress);
    ASSERT_EQ(results.size(), 30U);
    for (int i = 0; i < 30; ++i) {
        ASSERT_OK(results[i]);
        EXPECT_EQ(results[i]->body, fmt::format("body of /{}", i));
    }
    EXPECT_EQ(progress.advanced, 10U * 10 + 20U * 11);
    EXPECT_GT(most_busy, 1U);
    EXPECT_LE(most_busy, 4U);
}

TEST(Fetch, ChecksSizeAndDigest) {
    Loopback server([](const HttpRequest&) { return HttpAnswer{.body = "hello"}; });
    auto url = server.url("/x");
    EXPECT_OK(fetch_one({.url = url, .size = 5, .sha256 = sha256("hello")}));
    expect_error(fetch_one({.url = url, .sha256 = sha256("other")}), ErrorCode::integrity,
                 AllOf(HasSubstr(url), HasSubstr("expected " + sha256("other").hex()),
                       HasSubstr("got " + sha256("hello").hex()), Not(HasSubstr("HTML"))));
    expect_error(fetch_one({.url = url, .size = 6}), ErrorCode::integrity, HasSubstr("expected 6 bytes, got 5"));
    expect_error(fetch_one({.url = url, .size = 4}), ErrorCode::integrity, HasSubstr("longer than the 4 bytes"));
    expect_error(fetch_one({.url = url, .most_bytes = 4}), ErrorCode::limit, HasSubstr("larger than 4 B"));
}

TEST(Fetch, APageInPlaceOfAFileIsCalledThat) {
    Loopback server([](const HttpRequest&) { return HttpAnswer{.body = "\n<!DOCTYPE html><title>Log in</title>"}; });
    for (auto size :
         {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(3), std::optional<std::uint64_t>(9000)})
        expect_error(fetch_one({.url = server.url("/x.deb"), .size = size, .sha256 = sha256("deb")}),
                     ErrorCode::integrity, HasSubstr("looks like an HTML page"));
}

TEST(Fetch, ACutTransferIsResumedWithinOneRun) {
    Scratch scratch;
    test::spit(scratch / "www/big", long_text(300'000));
    std::atomic<int> asked = 0;
    Loopback server([&](const HttpRequest& request) {
        auto answer = test::serve_folder(scratch / "www")(request);
        if (asked++ == 0) answer.cut_after = 100'000;
        return answer;
    });
    Counting progress;
    Request request{.url = server.url("/big"),
                    .partial = scratch / "partial/big",
                    .size = 300'000,
                    .sha256 = sha256(long_text(300'000))};
    auto results = net::fetch({&request, 1}, quick(), progress);
    ASSERT_OK(results[0]);
    EXPECT_EQ(test::slurp(results[0]->file.path()), long_text(300'000));
    EXPECT_EQ(progress.advanced, 300'000U);
    auto requests = server.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[1].header("range"), "bytes=100000-");
}

TEST(Fetch, ACutTransferIsResumedByTheNextRun) {
    Scratch scratch;
    test::spit(scratch / "www/big", long_text(300'000));
    std::atomic<bool> cut = true;
    Loopback server([&](const HttpRequest& request) {
        auto answer = test::serve_folder(scratch / "www")(request);
        if (cut) answer.cut_after = 100'000;
        return answer;
    });
    auto options = quick();
    options.retries = 0;
    Request request{.url = server.url("/big"), .partial = scratch / "partial/big"};
    expect_error(fetch_one(request, options), ErrorCode::network, HasSubstr("run it again"));
    EXPECT_EQ(test::slurp(request.partial).size(), 100'000U);
    cut = false;
    {
        auto resumed = fetch_one(request, options);
        ASSERT_OK(resumed);
        EXPECT_EQ(server.requests().back().header("range"), "bytes=100000-");
        EXPECT_NE(server.requests().back().header("if-range"), "");
        EXPECT_EQ(test::slurp(resumed->file.path()), long_text(300'000));
    }
    // What is there already and holds is not asked for again.
    request.size = 300'000;
    request.sha256 = sha256(long_text(300'000));
    ASSERT_OK(fetch_one(request, options));
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST(Fetch, AFileThatChangedIsNotGluedToItsOldBeginning) {
    Scratch scratch;
    test::spit(scratch / "www/file", "a new file, longer than the old one");
    test::spit(scratch / "partial/file", "an old file");
    std::filesystem::last_write_time(scratch / "partial/file", {});
    Loopback server(test::serve_folder(scratch / "www"));
    // The server's date is another: it sends the whole file.
    auto whole = fetch_one({.url = server.url("/file"), .partial = scratch / "partial/file"});
    ASSERT_OK(whole);
    EXPECT_EQ(test::slurp(whole->file.path()), "a new file, longer than the old one");
    EXPECT_EQ(server.requests().back().header("range"), "bytes=11-");

    // Where a digest is known, the rest is asked for whatever its date; the digest tells, and it begins again.
    test::spit(scratch / "partial/other", "an old file");
    auto again = fetch_one({.url = server.url("/file"),
                            .partial = scratch / "partial/other",
                            .sha256 = sha256("a new file, longer than the old one")});
    ASSERT_OK(again);
    EXPECT_EQ(server.requests().size(), 3U);
    test::spit(scratch / "partial/same", "a new file");
    ASSERT_OK(fetch_one({.url = server.url("/file"),
                         .partial = scratch / "partial/same",
                         .sha256 = sha256("a new file, longer than the old one")}));
    EXPECT_EQ(server.requests().size(), 4U);
}

TEST(Fetch, APartThatWasNotAskedForIsRefused) {
    Scratch scratch;
    Loopback server([](const HttpRequest&) {
        return HttpAnswer{.status = 206, .headers = {{"Content-Range", "bytes 5-9/10"}}, .body = "56789"};
    });
    expect_error(fetch_one({.url = server.url("/x")}), ErrorCode::network, HasSubstr("another part"));
}

TEST(Fetch, WrongBytesAreNotKept) {
    Scratch scratch;
    Loopback server([](const HttpRequest&) { return HttpAnswer{.body = "evil"}; });
    expect_error(fetch_one({.url = server.url("/x"), .partial = scratch / "p/x", .sha256 = sha256("good")}),
                 ErrorCode::integrity, HasSubstr("SHA-256"));
    EXPECT_FALSE(std::filesystem::exists(scratch / "p/x"));
}

TEST(Fetch, TriesAgainWhatMayPass) {
    for (int status : {408, 429, 500, 502, 503, 504}) {
        std::atomic<int> asked = 0;
        Loopback server([&](const HttpRequest&) {
            if (asked++ < 2) return HttpAnswer{.status = status, .headers = {{"Retry-After", "0"}}, .body = "later"};
            return HttpAnswer{.body = "now"};
        });
        auto result = fetch_one({.url = server.url("/x")});
        ASSERT_OK(result);
        EXPECT_EQ(result->body, "now");
        EXPECT_EQ(asked, 3);
    }
}

TEST(Fetch, GivesUpAfterItsRetries) {
    Loopback server([](const HttpRequest&) { return HttpAnswer{.status = 503}; });
    expect_error(fetch_one({.url = server.url("/x")}), ErrorCode::network,
                 AllOf(HasSubstr("503"), HasSubstr("tried 4 times")));
    EXPECT_EQ(server.requests().size(), 4U);
}

TEST(Fetch, RetryAfterIsHonouredUpToABound) {
    std::atomic<int> asked = 0;
    Loopback server([&](const HttpRequest& request) {
        if (request.target == "/long") return HttpAnswer{.status = 429, .headers = {{"Retry-After", "3600"}}};
        if (asked++ == 0) return HttpAnswer{.status = 429, .headers = {{"Retry-After", "1"}}};
        return HttpAnswer{.body = "now"};
    });
    auto begun = std::chrono::steady_clock::now();
    ASSERT_OK(fetch_one({.url = server.url("/short")}));
    EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(900));
    expect_error(fetch_one({.url = server.url("/long")}), ErrorCode::network,
                 AllOf(HasSubstr("3600 s"), HasSubstr("60 s")));
}

TEST(Fetch, WhatIsFinalIsNotTriedAgain) {
    struct {
        int status;
        ErrorCode code;
        const char* text;
    } cases[] = {{404, ErrorCode::not_found, "check the URL"}, {410, ErrorCode::not_found, "check the URL"},
                 {403, ErrorCode::network, "forbids it"},      {401, ErrorCode::network, "credentials"},
                 {204, ErrorCode::network, "answered 204"},    {304, ErrorCode::network, "answered 304"}};
    for (const auto& c : cases) {
        Loopback server([&](const HttpRequest&) { return HttpAnswer{.status = c.status}; });
        expect_error(fetch_one({.url = server.url("/x")}), c.code, HasSubstr(c.text));
        EXPECT_EQ(server.requests().size(), 1U) << c.status;
    }
}

TEST(Fetch, ASilentServerEndsTheTry) {
    auto options = quick();
    options.retries = 0;
    Loopback before_headers([](const HttpRequest&) { return HttpAnswer{.body = "abc", .cut_after = 0, .hang = true}; });
    Loopback in_the_body([](const HttpRequest&) { return HttpAnswer{.body = "abc", .cut_after = 1, .hang = true}; });
    for (const auto* server : {&before_headers, &in_the_body})
        expect_error(fetch_one({.url = server->url("/x")}, options), ErrorCode::network,
                     HasSubstr("no byte came for 1 s"));
}

TEST(Fetch, RedirectsAreFollowedWithinBounds) {
    Loopback server([](const HttpRequest& request) {
        auto to = [](std::string where) {
            return HttpAnswer{.status = 302, .headers = {{"Location", std::move(where)}}};
        };
        if (request.target == "/loop") return to("/loop");
        if (request.target == "/file") return to("file:///etc/passwd");
        if (request.target == "/gone") return to("/nowhere?token=secret");
        if (request.target == "/ok") return to("/end");
        if (request.target == "/end") return HttpAnswer{.body = "end"};
        return HttpAnswer{.status = 404};
    });
    auto followed = fetch_one({.url = server.url("/ok")});
    ASSERT_OK(followed);
    EXPECT_EQ(followed->body, "end");
    expect_error(fetch_one({.url = server.url("/loop")}), ErrorCode::network, HasSubstr("10"));
    expect_error(fetch_one({.url = server.url("/file")}), ErrorCode::network, HasSubstr("http or https only"));
    expect_error(fetch_one({.url = server.url("/gone")}), ErrorCode::not_found,
                 AllOf(HasSubstr("redirected to"), HasSubstr("/nowhere"), Not(HasSubstr("secret"))));
}

TEST(Fetch, AsksOnlyForWhatIsNew) {
    Scratch scratch;
    test::spit(scratch / "InRelease", "signed");
    Loopback server(test::serve_folder(scratch.path()));
    auto first = fetch_one({.url = server.url("/InRelease")});
    ASSERT_OK(first);
    EXPECT_FALSE(first->not_modified);
    auto second =
        fetch_one({.url = server.url("/InRelease"), .etag = first->etag, .last_modified = first->last_modified});
    ASSERT_OK(second);
    EXPECT_TRUE(second->not_modified);
    EXPECT_EQ(second->etag, first->etag);
}

TEST(Fetch, GoesThroughTheProxyOfTheRequest) {
    Loopback proxy([](const HttpRequest& request) { return HttpAnswer{.body = "proxied " + request.target}; });
    auto result = fetch_one({.url = "http://mirror.invalid/x", .proxy = proxy.url("")});
    ASSERT_OK(result);
    EXPECT_EQ(result->body, "proxied http://mirror.invalid/x");
}

TEST(Fetch, OfflineOpensNoConnection) {
    Scratch scratch;
    test::spit(scratch / "f", "from a file");
    Loopback server([](const HttpRequest&) { return HttpAnswer{}; });
    auto options = quick();
    options.offline = true;
    expect_error(fetch_one({.url = server.url("/x")}, options), ErrorCode::offline, HasSubstr("--offline"));
    EXPECT_EQ(server.connections(), 0U);
    auto file = fetch_one({.url = "file://" + (scratch / "f").string()}, options);
    ASSERT_OK(file);
    EXPECT_EQ(file->body, "from a file");
}

TEST(Fetch, ReadsFileUrls) {
    Scratch scratch;
    test::spit(scratch / "repo/a.deb", "package");
    auto url = "file://" + (scratch / "repo/a.deb").string();
    auto fetched = fetch_one({.url = url, .partial = scratch / "p/a", .size = 7, .sha256 = sha256("package")});
    ASSERT_OK(fetched);
    EXPECT_EQ(test::slurp(fetched->file.path()), "package");
    expect_error(fetch_one({.url = url, .sha256 = sha256("other")}), ErrorCode::integrity, HasSubstr("SHA-256"));
    expect_error(fetch_one({.url = url + "x"}), ErrorCode::not_found, HasSubstr("a.debx"));
    expect_error(fetch_one({.url = "file://" + scratch.path().string()}), ErrorCode::io,
                 HasSubstr("not a regular file"));
}

TEST(Fetch, NoConnectionIsAnErrorWithoutSecrets) {
    std::string url;
    {
        Loopback gone([](const HttpRequest&) { return HttpAnswer{}; });
        url = gone.url("/x");
    }
    url.insert(7, "user:secret@");
    expect_error(fetch_one({.url = url}), ErrorCode::network,
                 AllOf(HasSubstr("***@127.0.0.1"), HasSubstr("check the network"), Not(HasSubstr("secret"))));
}
