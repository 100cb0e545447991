#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "unit/pkg_deb_repo/opening.h"

using namespace pith;
using namespace pith::pkg;
using namespace pith::pkg::deb;
using test::expect_error;
using test::HttpAnswer;
using test::HttpRequest;
using test::Loopback;
using test::Opening;
using testing::AllOf;
using testing::HasSubstr;

namespace {

const std::string big(200'000, 'b');

// An archive with three packages, one of them large, opened over HTTP.
struct Fetching : Opening {
    std::atomic<bool> cut = false;
    Loopback server{[this](const HttpRequest& request) {
        auto answer = test::serve_folder(archive.root())(request);
        if (cut && request.target.contains("/big_")) answer.cut_after = 50'000;
        return answer;
    }};
    Opened opened;

    Fetching() {
        archive.add("big", "1", "amd64", big);
        archive.add("one", "1", "amd64", "deb 1");
        archive.add("two", "1:2~rc+b1", "amd64", "deb 2");
        archive.publish();
        opened = *open({source(server.url(""))});
    }
    std::string cached(std::string_view file) const {
        auto blob = cache.blob(sha256(file));
        return blob ? std::string(as_text(blob->bytes())) : "absent";
    }
};

struct Watching : Progress {
    std::uint64_t total = 0, done = 0;
    void begin(std::string_view, std::uint64_t all) override { total = all; }
    void advance(std::uint64_t amount) override { done += amount; }
};

}  // namespace

TEST(FetchPackages, WhatTheCacheDoesNotHave) {
    Fetching fetching;
    auto first = fetching.fetch(fetching.opened, {"one", "two", "one"});
    ASSERT_OK(first);
    EXPECT_EQ(first->packages, 2U);
    EXPECT_EQ(first->bytes, 10U);
    EXPECT_EQ(fetching.cached("deb 1"), "deb 1");
    EXPECT_EQ(fetching.cached("deb 2"), "deb 2");
    auto requests = fetching.server.requests().size();
    auto second = fetching.fetch(fetching.opened, {"one", "two"});
    ASSERT_OK(second);
    EXPECT_EQ(second->packages, 0U);
    EXPECT_EQ(fetching.server.requests().size(), requests);
    EXPECT_TRUE(std::filesystem::is_empty(fetching.cache.partial_folder()));
}

TEST(FetchPackages, ACutDownloadIsResumedByTheNextRun) {
    Fetching fetching;
    fetching.options.retries = 0;
    fetching.cut = true;
    // What came whole is kept all the same.
    expect_error(fetching.fetch(fetching.opened, {"big", "one"}), ErrorCode::network, HasSubstr("big 1 (amd64)"));
    EXPECT_EQ(fetching.cached("deb 1"), "deb 1");
    fetching.cut = false;
    auto resumed = fetching.fetch(fetching.opened, {"big", "one"});
    ASSERT_OK(resumed);
    EXPECT_EQ(resumed->packages, 1U);
    EXPECT_EQ(fetching.server.requests().back().header("range"), "bytes=50000-");
    EXPECT_EQ(fetching.cached(big), big);
}

TEST(FetchPackages, WrongBytesNeverReachTheCache) {
    Fetching fetching;
    test::spit(fetching.archive.root() / "pool/main/one_1_amd64.deb", "evil!");
    expect_error(fetching.fetch(fetching.opened, {"one"}), ErrorCode::integrity,
                 AllOf(HasSubstr("one 1 (amd64)"), HasSubstr("expected " + sha256("deb 1").hex())));
    EXPECT_EQ(fetching.cached("deb 1"), "absent");
    EXPECT_EQ(fetching.cached("evil!"), "absent");
    std::filesystem::remove(fetching.archive.root() / "pool/main/one_1_amd64.deb");
    expect_error(fetching.fetch(fetching.opened, {"one"}), ErrorCode::not_found, HasSubstr("one 1 (amd64)"));
    fetching.options.offline = true;
    expect_error(fetching.fetch(fetching.opened, {"one"}), ErrorCode::offline, HasSubstr("one 1 (amd64)"));
}

TEST(FetchPackages, FileMirrorsAndProgress) {
    Fetching fetching;
    auto opened = fetching.open();
    ASSERT_OK(opened);
    Watching watching;
    std::vector<Package> packages;
    std::vector<PackageSource> wanted;
    for (const char* name : {"big", "one"})
        packages.push_back(*opened->universe.package(opened->universe.named(name).at(0)));
    for (const auto& package : packages) wanted.push_back({&package, &opened->universe.repositories()[0]});
    ASSERT_OK(fetch_packages(wanted, fetching.options, fetching.cache, watching));
    EXPECT_EQ(watching.total, 200'005U);
    EXPECT_EQ(watching.done, watching.total);
    EXPECT_EQ(fetching.cached(big), big);
    EXPECT_EQ(test::slurp(fetching.archive.root() / "pool/main/big_1_amd64.deb"), big);
}

TEST(FetchPackages, SeveralProcessesMayShareTheCache) {
    Fetching fetching;
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            if (fetching.fetch(fetching.opened, {"big", "one", "two"})) ++good;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 4);
    EXPECT_EQ(fetching.cached(big), big);
    EXPECT_TRUE(std::filesystem::is_empty(fetching.cache.partial_folder()));
}
