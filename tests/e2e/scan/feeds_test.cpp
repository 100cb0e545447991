// Feeds from a server that answers well, cuts, or lies: what did not come leaves what there was, and is named.
#include <gmock/gmock.h>

#include "e2e/build/pith.h"
#include "support/loopback.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

namespace {

constexpr auto tracker =
    R"({"glibc": {"CVE-2020-1": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "9"}}}}})";
constexpr auto impossible =
    R"({"id": "GO-1", "modified": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "Go", "name": "a"},)"
    R"( "ranges": [{"type": "SEMVER", "events": [{"fixed": "1.0.0"}, {"limit": 7}]}]}]})";

struct Feeds : testing::Test {
    Scratch scratch;
    std::string database = (scratch / "advisories.db").string();
    HttpAnswer answer;
    std::size_t sent = 0, conditional = 0;
    Loopback server{[this](const HttpRequest& request) {
        if (request.header("if-none-match") == "\"v1\"" && answer.status == 304) ++conditional;
        sent += answer.body.size();
        return answer;
    }};

    Ran update() {
        return run_pith(fmt::format("advisories update --database '{}' --from {} --cache-dir '{}'", database,
                                    server.url("/tracker.json"), (scratch / "cache").string()));
    }
    void begin() {
        answer = {.headers = {{"ETag", "\"v1\""}, {"Last-Modified", "Tue, 24 Nov 2026 03:41:00 GMT"}}, .body = tracker};
        auto ran = update();
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        EXPECT_EQ(sent, std::string_view(tracker).size());
    }
    // The old content is there, byte for byte, and the feed that failed is named.
    void expect_refused(std::string_view why) {
        auto had = slurp(database);
        auto ran = update();
        EXPECT_EQ(ran.exit_code, 1) << ran.out;
        EXPECT_THAT(ran.err, HasSubstr(std::string(why)));
        EXPECT_THAT(ran.err, HasSubstr("tracker.json"));
        EXPECT_THAT(ran.out, HasSubstr("failed"));
        EXPECT_EQ(slurp(database), had);
    }
};

}  // namespace

TEST_F(Feeds, AreNotMovedAgainWhereTheyDidNotChange) {
    begin();
    answer = {.status = 304};
    auto had = slurp(database);
    auto ran = update();
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("unchanged"));
    EXPECT_EQ(conditional, 1U);
    EXPECT_EQ(sent, std::string_view(tracker).size());
    EXPECT_EQ(slurp(database), had);
}

TEST_F(Feeds, KeepTheirContentWhereATransferIsCut) {
    begin();
    answer.body = std::string(100'000, ' ') + tracker;
    answer.cut_after = 50'000;
    expect_refused("127.0.0.1");
}

TEST_F(Feeds, KeepTheirContentWhereAPageComesInstead) {
    begin();
    answer = {.headers = {{"Content-Type", "text/html"}}, .body = "<!doctype html><title>Sign in</title>"};
    expect_refused("format");
    answer.body = "";
    expect_refused("format");
}

// What cannot be true is counted, and the package that it speaks of is not clean.
TEST_F(Feeds, CountRecordsWhoseRangesAreImpossible) {
    begin();
    answer = {.body = impossible};
    auto ran = update();
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    auto status = run_pith(fmt::format("advisories status --database '{}'", database));
    EXPECT_THAT(status.out, HasSubstr("skipped 1: impossible ranges"));
    EXPECT_THAT(status.out, HasSubstr("debian:12 (1)"));  // another feed's content is as it was

    spit(scratch / "sbom.json", R"({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [)"
                                R"({"type": "library", "name": "a", "purl": "pkg:golang/a@v1.2.3"}]})");
    auto scan = run_pith(fmt::format("scan sbom:{} --database '{}' --as-of 2026-11-24 --max-age 36500 --format json",
                                     (scratch / "sbom.json").string(), database));
    EXPECT_EQ(scan.exit_code, 0) << scan.err;
    EXPECT_THAT(scan.out, HasSubstr(R"("verdict": "affected")"));
    EXPECT_THAT(scan.out, HasSubstr(R"("state": "under investigation")"));
    EXPECT_THAT(scan.out, HasSubstr(R"("impossible ranges": 1)"));
}
