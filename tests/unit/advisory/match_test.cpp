// Which packages are affected by what, and when nothing may be called clean.
#include "advisory/match.h"

#include <gmock/gmock.h>

#include "inventory/purl.h"
#include "unit/advisory/feeds.h"

namespace pith::advisory {
namespace {

using namespace pith::test;
using inventory::Inventory;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Inventory image_of(std::vector<std::string> purls, std::string id = "debian", std::string version = "12") {
    Inventory out;
    out.distribution.id = std::move(id);
    out.distribution.version_id = std::move(version);
    for (const auto& purl : purls) {
        out.packages.push_back(inventory::package_of(*inventory::parse_purl(purl)));
        out.packages.back().purl = purl;
    }
    return out;
}

// A line a finding: "PACKAGE ID state [fixed]".
std::vector<std::string> lines_of(const Findings& findings) {
    std::vector<std::string> out;
    for (const auto& each : findings.findings)
        out.push_back(findings.packages[each.package].name + " " + each.id + " " + std::string(to_text(each.state)) +
                      (each.fixed.empty() ? "" : " " + each.fixed));
    return out;
}

std::string osv(const std::string& id, const std::string& aliases, const std::string& ecosystem,
                const std::string& name, const std::string& events) {
    return R"({"id": ")" + id + R"(", "modified": "2026-11-20", "aliases": [)" + aliases +
           R"(], "affected": [{"package":
        {"ecosystem": ")" +
           ecosystem + R"(", "name": ")" + name + R"("}, "ranges": [{"type": "ECOSYSTEM", "events": [)" + events +
           "]}]}]}";
}

const std::string tracker = R"({
    "openssl": {"CVE-1": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.11-1~deb12u2"}}},
                "CVE-2": {"releases": {"bookworm": {"status": "open", "nodsa": "minor", "nodsa_reason": "ignored"}}},
                "CVE-3": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "0"}}}},
    "linux": {"CVE-9": {"releases": {"bookworm": {"status": "open"}}}}})";

class Matching : public testing::Test {
protected:
    Findings scan(const std::vector<SmallFeed>& feeds, const Inventory& inventory,
                  MatchOptions options = {.as_of = "2026-11-24"}) {
        auto database = database_of(feeds, m_scratch / "pith.db");
        EXPECT_OK(database);
        auto findings = match(inventory, *database, options);
        EXPECT_OK(findings);
        return *findings;
    }
    Scratch m_scratch;
};

TEST_F(Matching, ComparesTheSourcesVersionAndKeepsTheEvidence) {
    auto findings = scan({{"debian", tracker}},
                         image_of({"pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&upstream=openssl",
                                   "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64", "pkg:deb/debian/bash@5.2-1"}));
    EXPECT_THAT(lines_of(findings), ElementsAre("libssl3 CVE-2 won't fix", "openssl CVE-2 won't fix"));
    EXPECT_EQ(findings.verdict, Verdict::affected);
    auto older = scan({{"debian", tracker}}, image_of({"pkg:deb/debian/libssl3@3.0.10-1?arch=amd64&upstream=openssl"}));
    EXPECT_THAT(lines_of(older),
                ElementsAre("libssl3 CVE-1 fix available 3.0.11-1~deb12u2", "libssl3 CVE-2 won't fix"));
    const auto& evidence = older.findings[0].evidence;
    EXPECT_EQ(evidence.searched, "openssl");
    EXPECT_EQ(evidence.found, "3.0.10-1");
    EXPECT_EQ(evidence.constraint, "< 3.0.11-1~deb12u2");
    EXPECT_EQ(evidence.feed, "debian");
    EXPECT_EQ(older.not_affected, 1u);
    EXPECT_EQ(findings.packages[2].verdict, Verdict::clean);
}

TEST_F(Matching, NeverCallsCleanWhatItDoesNotKnow) {
    struct Row {
        const char* what;
        Inventory image;
        SmallFeed feed;
        const char* reason;
    };
    const std::string bash = "pkg:deb/debian/bash@5.2-1";
    Inventory unread = image_of({bash});
    unread.unread.push_back({"var/lib/rpm/Packages", "rpm's Berkeley database"});
    const SmallFeed fresh = {"debian", tracker};
    const Row rows[] = {
        {"no packages", image_of({}), fresh, "no package facts"},
        {"no database of its own", image_of({"pkg:pypi/x@1"}), fresh, "has no deb package database"},
        {"an unknown distribution", image_of({bash}, "slackware", "15"), fresh, "'slackware'"},
        {"no distribution", image_of({bash}, "", ""), fresh, "does not say which distribution"},
        {"a release without facts", image_of({bash}, "debian", "13"), fresh, "no feed covers debian:13"},
        {"an ended release",
         image_of({bash}, "debian", "10"),
         {"debian", R"({"bash": {"CVE-1": {"releases": {"buster": {"status": "resolved", "fixed_version": "1"}}}}})"},
         "without security support since 2024-06-30"},
        {"an old feed", image_of({bash}), {"debian", tracker, "2026-11-01"}, "23 days before 2026-11-24"},
        {"a partial feed",
         image_of({bash}),
         {"debian", tracker, "2026-11-20", true},
         "not named by the feeds of debian:12, which are partial"},
        {"a language without a feed", image_of({bash, "pkg:npm/left-pad@1"}), fresh, "no feed covers npm"},
        {"a program that nobody packaged", image_of({bash, "pkg:generic/nginx@1.2"}), fresh, "type 'generic'"},
        {"no version", image_of({bash, "pkg:npm/left-pad"}), fresh, "its version is not known"},
        {"an odd version", image_of({bash, "pkg:deb/debian/dash@1_2"}), fresh, "'1_2' is no version"},
        {"a variable", image_of({bash, "pkg:maven/a/b@%24%7Bproject.version%7D"}), fresh, "'${project.version}' is no"},
        {"another release", image_of({bash, "pkg:deb/debian/dash@1?distro=debian-11.3"}), fresh,
         "is of debian:11, and"},
        {"another distribution", image_of({bash, "pkg:deb/ubuntu/dash@1"}), fresh, "is of ubuntu, and"},
        {"what could not be read", unread, fresh, "not read: var/lib/rpm/Packages"}};
    for (const auto& row : rows) {
        auto findings = scan({row.feed}, row.image);
        EXPECT_EQ(findings.verdict, Verdict::unknown) << row.what;
        bool found =
            std::ranges::any_of(findings.gaps, [&](const Gap& gap) { return gap.reason.contains(row.reason); });
        EXPECT_TRUE(found) << row.what << ": " << (findings.gaps.empty() ? "no gap" : findings.gaps[0].reason);
    }
    EXPECT_EQ(scan({fresh}, image_of({bash})).verdict, Verdict::clean);
    auto without = unmatched(image_of({bash}), "2026-11-24", "there is no database");
    EXPECT_EQ(without.verdict, Verdict::unknown);
    EXPECT_EQ(without.packages[0].verdict, Verdict::unknown);
}

TEST_F(Matching, FollowsTheDayThatIsGiven) {
    auto image = image_of({"pkg:deb/debian/bash@5.2-1"});
    EXPECT_EQ(scan({{"debian", tracker, "2028-07-01"}}, image, {.as_of = "2028-07-01"}).verdict, Verdict::unknown);
    EXPECT_EQ(scan({{"debian", tracker, "2026-01-01"}}, image, {.as_of = "2026-02-01", .most_days = 31}).verdict,
              Verdict::clean);
    const std::string lives =
        "version,codename,series,created,release,eol,eol-lts\n12,B,b,2021-08-14,2023-06-10,2026-07-11,2026-08-01\n";
    EXPECT_EQ(scan({{"debian", tracker}, {"lives", lives}}, image).verdict, Verdict::unknown);
}

TEST_F(Matching, JoinsNamesOfOneVulnerability) {
    auto findings =
        scan({{"a", osv("GO-1", R"("GHSA-1", "CVE-7")", "Go", "stdlib", R"({"introduced": "0"}, {"fixed": "1.22.2"})")},
              {"b", osv("GHSA-1", R"("CVE-7")", "Go", "stdlib", R"({"introduced": "1.20"})")}},
             image_of({"pkg:golang/stdlib@1.22.1", "pkg:golang/example.com/app@(devel)"}, "", ""));
    EXPECT_THAT(lines_of(findings), ElementsAre("stdlib CVE-7 fix available 1.22.2"));
    EXPECT_THAT(findings.findings[0].aliases, ElementsAre("GHSA-1", "GO-1"));
    EXPECT_EQ(findings.verdict, Verdict::affected);
}

TEST_F(Matching, KnowsTheHabitsOfLanguages) {
    struct Row {
        const char *purl, *ecosystem, *name, *fixed;
        bool affected;
    };
    const Row rows[] = {{"pkg:pypi/Foo.Bar@1.0", "PyPI", "foo_bar", "1.1", true},
                        {"pkg:pypi/torch@2.0%2Bcu118", "PyPI", "torch", "2.0", false},
                        {"pkg:pypi/torch@2.0%2Bcu118", "PyPI", "torch", "2.0+cu119", true},
                        {"pkg:maven/com.example/driver@9.4.0.jre8", "Maven", "com.example:driver", "9.4.0", false},
                        {"pkg:npm/%40scope/x@1.0.0-rc.1", "npm", "@scope/x", "1.0.0", true},
                        {"pkg:cargo/x@1.10.0", "crates.io", "x", "1.9.0", false},
                        {"pkg:golang/example.com/x@v1.2.0", "Go", "example.com/x", "1.2.1", true}};
    for (const auto& row : rows) {
        auto feed = osv("X-1", "", row.ecosystem, row.name,
                        R"({"introduced": "0"}, {"fixed": ")" + std::string(row.fixed) + "\"}");
        EXPECT_EQ(scan({{"osv", feed}}, image_of({row.purl}, "", "")).findings.empty(), !row.affected)
            << row.purl << row.fixed;
    }
}

TEST_F(Matching, LooksForAlpinesOriginInItsRelease) {
    const std::string main = R"({"distroversion": "v3.22", "reponame": "main", "packages": [{"pkg": {"name": "busybox",
        "secfixes": {"1.36.1-r2": ["CVE-1"], "0": ["CVE-2"]}}}]})";
    const std::string community =
        R"({"distroversion": "v3.22", "reponame": "community", "packages": [{"pkg": {"name": "x",
        "secfixes": {}}}]})";
    auto image = image_of({"pkg:apk/alpine/ssl_client@1.36.1-r1?upstream=busybox", "pkg:apk/alpine/zlib@1-r0"},
                          "alpine", "3.22.1");
    auto both = scan({{"main", main}, {"community", community}}, image);
    EXPECT_THAT(lines_of(both), ElementsAre("ssl_client CVE-1 fix available 1.36.1-r2"));
    EXPECT_EQ(both.verdict, Verdict::affected);
    // Without the other repository, a package that is not named may be of that one.
    EXPECT_EQ(scan({{"main", main}}, image).packages[1].verdict, Verdict::unknown);
}

TEST_F(Matching, MarksHeadersOfTheKernelWithTheProof) {
    auto image = image_of({"pkg:deb/debian/linux-libc-dev@6.1-1?upstream=linux",
                           "pkg:deb/debian/linux-image-amd64@6.1-1?upstream=linux"});
    auto findings = scan({{"debian", tracker}}, image, {.as_of = "2026-11-24", .with_not_affected = true});
    EXPECT_THAT(lines_of(findings),
                ElementsAre("linux-libc-dev CVE-9 not affected", "linux-image-amd64 CVE-9 affected"));
    EXPECT_THAT(findings.findings[0].reason, HasSubstr("headers and no kernel"));
    EXPECT_EQ(findings.packages[0].verdict, Verdict::clean);
    EXPECT_EQ(findings.packages[1].verdict, Verdict::affected);
}

TEST_F(Matching, RatesAndOrdersByRisk) {
    const std::string many = R"({"x": {"CVE-1": {"releases": {"bookworm": {"status": "open", "urgency": "high"}}},
        "CVE-2": {"releases": {"bookworm": {"status": "open"}}}, "CVE-3": {"releases": {"bookworm": {"status": "open"}}},
        "CVE-4": {"releases": {"bookworm": {"status": "open"}}}}})";
    auto findings =
        scan({{"debian", many},
              {"kev", R"({"vulnerabilities": [{"cveID": "CVE-2", "dateAdded": "2026-08-01"}]})"},
              {"epss", "cve,epss,percentile\nCVE-3,0.5,0.9\n"},
              {"nvd", R"({"format": "NVD_CVE", "vulnerabilities": [{"cve": {"id": "CVE-1", "metrics": {"cvssMetricV31":
                              [{"cvssData": {"baseScore": 5.0, "baseSeverity": "MEDIUM"}}]}}}, {"cve": {"id": "CVE-3", "metrics":
                              {"cvssMetricV31": [{"cvssData": {"baseScore": 8.0, "baseSeverity": "HIGH"}}]}}}]})"}},
             image_of({"pkg:deb/debian/x@1"}));
    EXPECT_THAT(lines_of(findings),
                ElementsAre("x CVE-2 affected", "x CVE-3 affected", "x CVE-1 affected", "x CVE-4 affected"));
    EXPECT_EQ(findings.findings[2].rating.severity, Severity::high);  // the package's feed before the NVD
    EXPECT_EQ(findings.findings[2].rating.source, "debian");
    EXPECT_EQ(findings.findings[1].rating.source, "nvd");
    EXPECT_NEAR(risk_of(findings.findings[1].rating), 40, 0.01);
}

}  // namespace
}  // namespace pith::advisory
