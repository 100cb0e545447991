// What each reader of feeds takes in, counts as skipped, and refuses.
#include <gmock/gmock.h>

#include "advisory/feeds/open_feed.h"
#include "archive/deflate.h"
#include "archive/tar.h"
#include "support/images.h"
#include "unit/advisory/feeds.h"

namespace pith::advisory {
namespace {

using namespace pith::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(DebianTracker, TellsFixesFromOpenIssuesAndTheirStates) {
    auto data = read_feed(R"({"openssl": {
        "CVE-1": {"description": "x", "scope": "remote", "releases": {
            "bookworm": {"status": "resolved", "fixed_version": "3.0.1-1", "urgency": "high"},
            "trixie": {"status": "resolved", "fixed_version": "0", "urgency": "unimportant"}}},
        "CVE-2": {"releases": {"bookworm": {"status": "open", "urgency": "unimportant"}}},
        "CVE-3": {"releases": {"bookworm": {"status": "open", "nodsa": "Minor issue", "nodsa_reason": "postponed"}}},
        "CVE-4": {"releases": {"bookworm": {"status": "open", "nodsa": "Minor issue", "nodsa_reason": ""}}},
        "CVE-5": {"releases": {"sid": {"status": "undetermined", "urgency": "medium**"}}},
        "CVE-6": {"releases": {"bookworm": {"status": "odd"}, "buster": {"status": "resolved"},
            "bullseye": {"status": "resolved", "fixed_version": "a b"}}}}})");
    ASSERT_OK(data);
    EXPECT_THAT(
        lines_of(*data),
        ElementsAre("debian:10 openssl: CVE-6 under investigation [  ] (what the publisher says cannot be taken in: "
                    "resolved without a version)",
                    "debian:11 openssl: CVE-6 under investigation [  ] (what the publisher says cannot be taken in: "
                    "resolved without a version)",
                    "debian:12 openssl: CVE-1 affected high [ 3.0.1-1 ]",
                    "debian:12 openssl: CVE-2 affected negligible [  ]",
                    "debian:12 openssl: CVE-3 deferred [  ] (Minor issue)",
                    "debian:12 openssl: CVE-4 won't fix [  ] (Minor issue)",
                    "debian:12 openssl: CVE-6 under investigation [  ] (what the publisher says cannot be taken in: of "
                    "an unknown status)",
                    "debian:13 openssl: CVE-1 not affected negligible (no version in this release was ever affected)",
                    "debian:sid openssl: CVE-5 under investigation medium [  ]"));
    EXPECT_THAT(data->skipped(), ElementsAre(Pair("of an unknown status", 1), Pair("resolved without a version", 2)));
}

TEST(Secdb, TakesFixesAndWhatNeverWasAffected) {
    auto data = read_feed(R"({"distroversion": "v3.18", "reponame": "main", "packages": [
        {"pkg": {"secfixes": {"1.2-r0": ["CVE-1 XSA-2", "CVE-3"], "0": ["CVE-4"], "?": ["CVE-5"]}, "name": "xen"}},
        {"pkg": {"name": "none", "secfixes": null}}]})");
    ASSERT_OK(data);
    EXPECT_THAT(
        lines_of(*data),
        ElementsAre(
            "alpine:3.18 xen: CVE-1 XSA-2 affected [ 1.2-r0 ]", "alpine:3.18 xen: CVE-3 affected [ 1.2-r0 ]",
            "alpine:3.18 xen: CVE-4 not affected (the distribution found that it does not affect this package)",
            "alpine:3.18 xen: CVE-5 under investigation [  ] (what the publisher says cannot be taken in: fixed "
            "without a version)"));
    EXPECT_THAT(data->skipped(), ElementsAre(Pair("fixed without a version", 1)));
    EXPECT_TRUE(data->claims().contains("alpine:3.18/main"));
}

TEST(WolfiEvents, LetsTheLatestEventDecide) {
    auto data = read_feed(R"(schema-version: 2.0.2
package: {name: curl}
advisories:
  - id: CGA-1
    aliases: [GHSA-a, CVE-1]
    events:
      - {timestamp: 2024-02-01T00:00:00Z, type: fixed, data: {fixed-version: 8.1-r0}}
      - {timestamp: 2024-01-01T00:00:00Z, type: detection}
  - id: CGA-2
    events:
      - {timestamp: 2024-01-01T00:00:00Z, type: detection}
      - {timestamp: 2024-01-01T00:00:00Z, type: pending-upstream-fix, data: {note: soon}}
  - id: CGA-3
    events: [{timestamp: 2024-03-01T00:00:00Z, type: false-positive-determination, data: {type: vulnerable-code-not-included-in-package, note: gone}}]
  - id: CGA-4
    events: [{timestamp: 2024-03-01T00:00:00Z, type: brand-new}]
  - id: CGA-5
    events: [{timestamp: 2024-03-01T00:00:00Z, type: fixed}]
)");
    ASSERT_OK(data);
    EXPECT_THAT(lines_of(*data),
                ElementsAre("wolfi curl: CGA-2 deferred [  ] (soon)",
                            "wolfi curl: CGA-3 not affected (vulnerable-code-not-included-in-package: gone)",
                            "wolfi curl: CGA-4 under investigation [  ] (what the publisher says cannot be taken in: "
                            "without an event that is known here)",
                            "wolfi curl: CGA-5 under investigation [  ] (what the publisher says cannot be taken in: "
                            "fixed without a version)",
                            "wolfi curl: CVE-1 GHSA-a CGA-1 affected [ 8.1-r0 ]"));
    EXPECT_EQ(data->date(), "2024-03-01");
    EXPECT_THAT(data->skipped(),
                ElementsAre(Pair("fixed without a version", 1), Pair("without an event that is known here", 1)));
}

TEST(Osv, MakesRangesOfEventsInAnyOrder) {
    auto data = read_feed(R"({"id": "GO-1", "modified": "2026-05-01T00:00:00Z", "aliases": ["CVE-1"], "summary": "bad",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [{"package": {"ecosystem": "Go", "name": "example.com/a"}, "ranges": [
            {"type": "SEMVER", "events": [{"fixed": "2.5.0"}, {"introduced": "0"}, {"fixed": "1.2.0"}, {"introduced": "2.0.0"}]},
            {"type": "GIT", "events": [{"introduced": "0"}]}]},
          {"package": {"ecosystem": "PyPI", "name": "A_b.C"}, "versions": ["1.0"], "database_specific": {"severity": "LOW"},
           "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "3"}, {"last_affected": "4"}]}]},
          {"package": {"ecosystem": "Nobody's", "name": "x"}, "ranges": []}]})");
    ASSERT_OK(data);
    EXPECT_THAT(lines_of(*data), ElementsAre("go example.com/a: GO-1 CVE-1 affected critical [ 1.2.0 ] [2.0.0 2.5.0 ]",
                                             "pypi a-b-c: GO-1 CVE-1 affected low [3  4] =1.0"));
    EXPECT_EQ(data->date(), "2026-05-01");
    EXPECT_THAT(data->skipped(), ElementsAre(Pair("of ecosystems that are not read", 1)));
}

TEST(Osv, CountsWhatCannotBe) {
    const std::pair<const char*, const char*> rows[] = {
        {R"([{"fixed": "1"}])", "impossible ranges"},
        {R"([{"introduced": "2"}, {"fixed": "1"}])", "impossible ranges"},
        {R"([{"introduced": "0"}, {"fixed": ""}])", "impossible ranges"},
        {R"([{"introduced": "first"}])", "impossible ranges"},
        {R"([{"introduced": "0"}, {"fixed": "soon"}])", "impossible ranges"},
        {R"([])", "without versions"}};
    for (const auto& [events, reason] : rows) {
        auto data = read_feed(R"({"id": "X", "modified": "2026-01-01T00:00:00Z", "affected": [{"package":
            {"ecosystem": "npm", "name": "x"}, "ranges": [{"type": "SEMVER", "events": )" +
                              std::string(events) + "}]}]}");
        ASSERT_OK(data);
        EXPECT_TRUE(data->skipped().contains(reason)) << events;
    }
    auto withdrawn =
        read_feed(R"({"id": "X", "modified": "2026-01-01", "withdrawn": "2026-01-01T00:00:00Z", "affected": [
        {"package": {"ecosystem": "npm", "name": "x"}, "versions": ["1"]}]})");
    ASSERT_OK(withdrawn);
    EXPECT_THAT(lines_of(*withdrawn), ElementsAre());
    EXPECT_THAT(withdrawn->skipped(), ElementsAre(Pair("withdrawn", 1)));
}

TEST(Osv, SpreadsADistributionsAdvisoryOverItsCves) {
    auto record = [](const char* related) {
        return read_feed(R"({"id": "ALSA-1", "summary": "Important: x", "modified": "2026-01-01", "related": [)" +
                         std::string(related) +
                         R"(], "affected": [{"package": {"ecosystem": "AlmaLinux:9", "name": "bash"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "5.1-6.el9"}]}]}]})");
    };
    auto data = record(R"("CVE-2", "CVE-1", "CVE-2")");
    ASSERT_OK(data);
    EXPECT_THAT(lines_of(*data), ElementsAre("almalinux:9 bash: CVE-1 ALSA-1 affected high [ 5.1-6.el9 ]",
                                             "almalinux:9 bash: CVE-2 ALSA-1 affected high [ 5.1-6.el9 ]"));
    auto none = record("");
    ASSERT_OK(none);
    EXPECT_THAT(none->skipped(), ElementsAre(Pair("advisories of a distribution that name no CVE", 1)));
}

Fact fact_of(const FeedData& data, const std::string& id) {
    auto found = data.facts().find(id);
    return found == data.facts().end() ? Fact() : decode_fact(found->second).value();
}

TEST(Ratings, AreReadFromEachOfTheirFormats) {
    auto kev = read_feed(R"({"dateReleased": "2026-08-25T17:04:19Z", "vulnerabilities": [
        {"cveID": "CVE-1", "dateAdded": "2026-08-01", "knownRansomwareCampaignUse": "Known"},
        {"cveID": "CVE-2", "dateAdded": "soon"}]})");
    ASSERT_OK(kev);
    EXPECT_EQ(fact_of(*kev, "CVE-1").exploited_since, "2026-08-01");
    EXPECT_TRUE(fact_of(*kev, "CVE-1").ransomware);
    EXPECT_EQ(kev->date(), "2026-08-25");
    EXPECT_THAT(kev->skipped(), ElementsAre(Pair("without a date", 1)));

    auto epss = read_feed(
        "#model_version:v2025,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\n"
        "CVE-1,0.00043,0.1\nCVE-2,1.0,1\nCVE-3,2,x\nCVE-4\n");
    ASSERT_OK(epss);
    EXPECT_EQ(fact_of(*epss, "CVE-1").epss, 43u);
    EXPECT_EQ(fact_of(*epss, "CVE-1").percentile, 10'000u);
    EXPECT_EQ(fact_of(*epss, "CVE-2").epss, 100'000u);
    EXPECT_EQ(epss->date(), "2026-11-20");
    EXPECT_THAT(epss->skipped(), ElementsAre(Pair(HasSubstr("lines"), 2)));

    auto nvd = read_feed(R"({"format": "NVD_CVE", "timestamp": "2026-11-20T00:00:00", "vulnerabilities": [
        {"cve": {"id": "CVE-1", "metrics": {"cvssMetricV2": [{"baseSeverity": "LOW", "cvssData": {"baseScore": 2.0}}],
            "cvssMetricV31": [{"type": "Secondary", "cvssData": {"baseScore": 5.0, "baseSeverity": "MEDIUM"}},
                              {"type": "Primary", "cvssData": {"baseScore": 9.8, "baseSeverity": "CRITICAL"}}]}}},
        {"cve": {"id": "CVE-2", "metrics": {}}}]})");
    ASSERT_OK(nvd);
    EXPECT_EQ(fact_of(*nvd, "CVE-1").score, 98);
    EXPECT_EQ(fact_of(*nvd, "CVE-1").severity, Severity::critical);
    EXPECT_THAT(nvd->skipped(), ElementsAre(Pair("not rated yet", 1)));
}

TEST(Lifecycles, AreReadFromBothOfTheirFormats) {
    auto csv = read_feed(
        "version,codename,series,created,release,eol,eol-lts,eol-elts\n"
        "12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-07-11,2028-06-30,2033-06-30\n"
        ",Sid,sid,1993-08-16\n");
    ASSERT_OK(csv);
    EXPECT_THAT(csv->releases(), ElementsAre(Release{"debian:12", "2023-06-10", "2028-06-30"}));
    auto ubuntu = read_feed(
        "version,codename,series,created,release,eol,eol-server,eol-esm\n"
        "22.04 LTS,Jammy,jammy,2021-10-14,2022-04-21,2027-06-01,2027-06-01,2032-04-09\n");
    ASSERT_OK(ubuntu);
    EXPECT_THAT(ubuntu->releases(), ElementsAre(Release{"ubuntu:22.04", "2022-04-21", "2027-06-01"}));
    auto api = read_feed(
        R"([{"cycle": "3.18", "releaseDate": "2023-05-09", "eol": "2025-05-09"}, {"cycle": "edge", "eol": false}])",
        "alpine.json");
    ASSERT_OK(api);
    EXPECT_THAT(api->releases(),
                ElementsAre(Release{"alpine:3.18", "2023-05-09", "2025-05-09"}, Release{"alpine:edge", "", ""}));
}

TEST(Feeds, CutAnywhereAreAnErrorAndNeverLess) {
    const std::string documents[] = {
        R"({"a": {"CVE-1": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}}})",
        R"({"reponame": "main", "distroversion": "v3", "packages": [{"pkg": {"name": "a", "secfixes": {"1": ["CVE-1"]}}}]})",
        R"({"id": "X", "modified": "2026-01-01", "affected": [{"package": {"ecosystem": "npm", "name": "x"},
            "versions": ["1"]}]})",
        R"({"format": "NVD_CVE", "vulnerabilities": [{"cve": {"id": "CVE-1", "metrics": {}}}]})",
        R"({"dateReleased": "2026-08-25", "vulnerabilities": [{"cveID": "CVE-1", "dateAdded": "2026-08-01"}]})",
        R"({"CVE-1": {"severity": "HIGH", "source": "nvd", "cvss": 7.5}})",
        R"([{"cycle": "3.18", "releaseDate": "2023-05-09", "eol": "2025-05-09"}])"};
    for (const auto& whole : documents) {
        ASSERT_OK(read_feed(whole, "debian.json"));
        for (std::size_t size = 0; size < whole.size(); ++size)
            EXPECT_FALSE(read_feed(whole.substr(0, size), "debian.json")) << whole.substr(0, size);
        EXPECT_FALSE(read_feed(whole + "{}", "debian.json"));
    }
    // Of lines, whole ones may be missing at the end, which nobody can see.
    const std::string lines[] = {
        "version,codename,series,created,release,eol\n12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-07-11\n",
        "#score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\nCVE-1,0.00043,0.1\nCVE-2,0.1,0.2\n",
        "schema-version: 2.0.2\npackage:\n  name: curl\nadvisories:\n  - id: CGA-1\n    events:\n"
        "      - timestamp: 2024-02-01T00:00:00Z\n        type: fixed\n        data:\n          fixed-version: "
        "8.12-r0\n"};
    for (const auto& whole : lines) {
        ASSERT_OK(read_feed(whole));
        for (std::size_t size = 0; size < whole.size(); ++size) {
            bool between_lines = size > 0 && whole[size - 1] == '\n';
            EXPECT_TRUE(between_lines || !read_feed(whole.substr(0, size))) << whole.substr(0, size);
        }
    }
}

TEST(Feeds, AreNoLessWhereAnArchiveOfThemIsCut) {
    Scratch scratch;
    Bytes tar;
    for (const char* id : {"A", "B"}) {
        auto record = R"({"id": ")" + std::string(id) + R"(", "modified": "2026-01-01", "affected": []})";
        archive::append_tar_entry(tar, tar_file(std::string(id) + ".json", record));
    }
    auto end = archive::tar_end();
    tar.insert(tar.end(), end.begin(), end.end());
    ThreadPool pool(1);
    for (auto compression : {archive::Compression::none, archive::Compression::gzip, archive::Compression::zstd}) {
        auto whole = archive::deflate(tar, {.compression = compression}, pool);
        ASSERT_OK(whole);
        for (std::size_t size = whole->size(); size > 0; size -= std::min<std::size_t>(size, 16)) {
            spit(scratch / "feed", as_text(ByteView(*whole).first(size)));
            auto opened = feeds::open_file(scratch / "feed", "");
            // Of the zeros that end a tar some may be missing, where zeros stand before them.
            bool all_records = compression == archive::Compression::none && size > whole->size() - end.size();
            EXPECT_TRUE(opened.has_value() == (size == whole->size()) || all_records) << size;
        }
    }
}

TEST(Feeds, AreRecognisedByTheirContent) {
    EXPECT_EQ(feeds::recognise("hello"), nullptr);
    EXPECT_EQ(feeds::recognise(""), nullptr);
    EXPECT_EQ(feeds::find_format("osv")->name, "osv");
    EXPECT_EQ(feeds::find_format("none"), nullptr);
}

}  // namespace
}  // namespace pith::advisory
