// Reports of scanners read, and compared finding by finding: each kind of disagreement, and documents that lie.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "advisory/peers/agreement.h"
#include "archive/inflate.h"
#include "base/file.h"
#include "report/agreement_report.h"
#include "unit/advisory/feeds.h"

namespace pith::advisory {
namespace {

using namespace pith::test;
using testing::ElementsAre;
using testing::HasSubstr;

// A report of ours; libx is of the source x.
std::string ours_of(std::string_view findings, std::string_view database = "sha256:1") {
    return fmt::format(
        R"({{"schema": "pith-findings-1", "image": {{"name": "i"}}, "distribution": "debian:12",
            "database": {{"identity": "{}"}}, "findings": [{}], "packages": [
            {{"type": "deb", "name": "libx", "version": "1-1", "source": "x", "sourceVersion": "1",
              "purl": "pkg:deb/debian/libx@1-1?upstream=x%401", "verdict": "clean"}},
            {{"type": "deb", "name": "linux-libc-dev", "version": "6-1", "source": "linux", "sourceVersion": "6-1",
              "purl": "pkg:deb/debian/linux-libc-dev@6-1?upstream=linux", "verdict": "clean"}},
            {{"type": "deb", "name": "odd", "version": "1", "source": "odd", "sourceVersion": "1",
              "purl": "pkg:deb/debian/odd@1", "verdict": "unknown", "reason": "no feed names it"}}]}})",
        database, findings);
}
std::string our_finding(std::string_view id, std::string_view state = "affected", std::string_view severity = "high",
                        std::string_view more = "") {
    return fmt::format(
        R"({{"id": "{}", "package": {{"name": "libx", "version": "1-1", "purl": "pkg:deb/debian/libx@1-1?upstream=x%401"}},
            "state": "{}", "rating": {{"severity": "{}"}}{}}})",
        id, state, severity, more);
}
std::string grype_match(std::string_view id, std::string_view package = "libx@1-1",
                        std::string_view state = "not-fixed", std::string_view severity = "High",
                        std::string_view more = "") {
    auto at = package.find('@');
    return fmt::format(
        R"({{"vulnerability": {{"id": "{}", "severity": "{}", "fix": {{"versions": null, "state": "{}"}}}},
            "artifact": {{"type": "deb", "name": "{}", "version": "{}", "purl": "pkg:deb/debian/{}"}}{}}})",
        id, severity, state, package.substr(0, at), package.substr(at + 1), package, more);
}
std::string grype_of(std::string_view matches, std::string_view ignored = "") {
    return fmt::format(
        R"({{"matches": [{}], "ignoredMatches": [{}], "distro": {{"name": "debian"}},
            "descriptor": {{"name": "grype", "version": "0.1"}}}})",
        matches, ignored);
}
std::string trivy_of(std::string_view vulnerabilities, std::string_view packages) {
    return "\xEF\xBB\xBF" +  // as PowerShell writes it
           fmt::format(R"({{"SchemaVersion": 2, "ArtifactName": "i", "Results": [{{"Class": "os-pkgs", "Type": "debian",
                           "Packages": [{}], "Vulnerabilities": [{}]}}, {{"Type": "jar"}}]}})",
                       packages, vulnerabilities);
}

// "KIND: PACKAGE ID: DETAIL" of each disagreement, after "BOTH/AGREED/ALL".
std::vector<std::string> lines_of(const std::string& ours, const std::string& theirs, const Explain& explain = {}) {
    auto first = read_report(ours), second = read_report(theirs);
    EXPECT_OK(first);
    EXPECT_OK(second);
    if (!first || !second) return {};
    auto agreement = compare(*first, *second, explain);
    EXPECT_OK(agreement);
    std::vector<std::string> out = {
        fmt::format("{}/{}/{}", agreement->both, agreement->agreed, agreement->pairs.size())};
    for (const auto& pair : agreement->pairs) {
        if (!pair.kind) continue;
        const auto& finding = pair.ours ? *pair.ours : *pair.theirs;
        const auto& package = (pair.ours ? *first : *second).packages[finding.package];
        out.push_back(fmt::format("{}: {} {}: {}", to_text(*pair.kind), package.name, finding.id, pair.detail));
    }
    return out;
}

TEST(Agreement, NamesTheKindOfEachDisagreement) {
    struct Case {
        const char* name;
        std::string ours, theirs, line;
    };
    auto aliased = [](std::string_view id) { return our_finding(id, "affected", "high", R"(, "aliases": ["CVE-9"])"); };
    const Case cases[] = {
        {"same", our_finding("CVE-1"), grype_match("CVE-1"), ""},
        {"another name of it", aliased("GHSA-1"), grype_match("CVE-9"), ""},
        {"Grype has no word for it", our_finding("CVE-1", "deferred"), grype_match("CVE-1"), ""},
        {"no fix", our_finding("CVE-1", "won't fix"), grype_match("CVE-1", "libx@1-1", "wont-fix"), ""},
        {"by source", our_finding("CVE-1"), grype_match("CVE-1", "x@1"), "name: libx CVE-1: ours in libx, theirs in x"},
        {"version", our_finding("CVE-1"), grype_match("CVE-1", "libx@2-1"),
         "version: libx CVE-1: ours 1-1, theirs 2-1"},
        {"version of theirs", "", grype_match("CVE-1", "libx@2-1"), "version: libx CVE-1: ours 1-1, theirs 2-1"},
        {"state", our_finding("CVE-1", "fix available", "high", R"(, "fixedVersion": "2")"), grype_match("CVE-1"),
         "state: libx CVE-1: ours fix available (2), theirs not-fixed"},
        {"suppressed", our_finding("CVE-1", "affected", "high", R"(, "suppressed": "why not")"), grype_match("CVE-1"),
         "state: libx CVE-1: ours suppressed: why not, theirs not-fixed"},
        {"not affected", our_finding("CVE-1", "not affected", "high", R"(, "reason": "never was")"),
         grype_match("CVE-1"), "state: libx CVE-1: ours not affected: never was, theirs not-fixed"},
        {"severity", our_finding("CVE-1"), grype_match("CVE-1", "libx@1-1", "not-fixed", "Low"),
         "severity: libx CVE-1: ours high, theirs low"},
        {"only ours", our_finding("CVE-1"), grype_match("CVE-2", "odd@1"), ""},
        {"a gap of ours", "", grype_match("CVE-2", "odd@1"), "no facts at ours: odd CVE-2: no feed names it"},
        {"a package of theirs", "", grype_match("CVE-2", "new@1"),
         "no facts at ours: new CVE-2: ours does not list the package"},
        {"an id of theirs", "", grype_match("CVE-2"),
         "no facts at ours: libx CVE-2: ours lists the package without it"},
    };
    for (const auto& each : cases) {
        auto lines = lines_of(ours_of(each.ours), grype_of(each.theirs));
        if (each.name == std::string_view("only ours")) {
            EXPECT_THAT(lines,
                        ElementsAre("0/0/2", "no facts at theirs: libx CVE-1: theirs finds nothing in the package",
                                    "no facts at ours: odd CVE-2: no feed names it"));
        } else if (each.line.empty()) {
            EXPECT_THAT(lines, ElementsAre("1/1/1")) << each.name;
        } else {
            ASSERT_EQ(lines.size(), 2U) << each.name;
            EXPECT_EQ(lines[1], each.line) << each.name;
        }
    }
}

TEST(Agreement, CountsWhatAnotherIgnores) {
    auto ignored =
        grype_match("CVE-1", "libx@1-1", "not-fixed", "High", R"(, "appliedIgnoreRules": [{"reason": "r"}])");
    EXPECT_THAT(lines_of(ours_of(our_finding("CVE-1")), grype_of("", ignored)),
                ElementsAre("0/0/1", "state: libx CVE-1: ours affected, theirs ignored by a rule"));
    // Neither counts it: it is no finding.
    EXPECT_THAT(lines_of(ours_of(our_finding("CVE-1", "not affected")), grype_of("", ignored)), ElementsAre("0/0/0"));
    EXPECT_THAT(lines_of(ours_of(""), grype_of("", ignored)), ElementsAre("0/0/0"));
}

TEST(Agreement, ReadsTrivysVersionsAndWords) {
    const char* package = R"({"Name": "libx", "Version": "1", "Release": "1", "SrcName": "x", "SrcVersion": "1"})";
    auto found = [](std::string_view id, std::string_view more) {
        return fmt::format(R"({{"VulnerabilityID": "{}", "PkgName": "libx", "InstalledVersion": "1-1"{}}})", id, more);
    };
    auto theirs = trivy_of(found("CVE-1", R"(, "Severity": "LOW", "Status": "will_not_fix")") + "," +
                               found("CVE-2", R"(, "Severity": "HIGH", "FixedVersion": "2")"),
                           package);
    auto ours = ours_of(our_finding("CVE-1", "won't fix", "negligible") + "," + our_finding("CVE-2") + "," +
                        our_finding("CVE-3"));
    EXPECT_THAT(lines_of(ours, theirs),
                ElementsAre("2/1/3", "state: libx CVE-2: ours affected, theirs fixed (2)",
                            "no facts at theirs: libx CVE-3: theirs lists the package without it"));
}

// With the advisories of the scan at hand, what is fixed is told from what nobody named.
TEST(Agreement, AsksOurAdvisories) {
    Scratch scratch;
    auto database = database_of({{"debian", R"({"x": {
        "CVE-1": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "0.9"}}},
        "CVE-2": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "0"}}}},
        "linux": {"CVE-3": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}}})"}},
                                scratch / "a.db");
    ASSERT_OK(database);
    auto theirs = grype_of(grype_match("CVE-1") + "," + grype_match("CVE-2") + "," +
                           grype_match("CVE-3", "linux-libc-dev@6-1") + "," + grype_match("CVE-4"));
    EXPECT_THAT(
        lines_of(ours_of(""), theirs, explain_with(*database, "debian:12")),
        ElementsAre(
            "0/0/4", "state: libx CVE-1: ours: 1 is not affected, fixed in 0.9; theirs not-fixed",
            "state: libx CVE-2: ours: not affected: no version in this release was ever affected; theirs not-fixed",
            "no facts at ours: libx CVE-4: no advisory of ours names it",
            HasSubstr("state: linux-libc-dev CVE-3: ours: linux-libc-dev holds headers and no kernel")));
}

TEST(Agreement, CountsWhatIsSaidTwiceOrOfNothing) {
    auto report = read_report(grype_of(grype_match("CVE-1") + "," + grype_match("CVE-1") + "," + grype_match("") +
                                       R"(,{"vulnerability": {"id": "CVE-1"}},{})"));
    ASSERT_OK(report);
    EXPECT_EQ(report->findings.size(), 1U);
    EXPECT_EQ(report->skipped["said twice"], 1U);
    EXPECT_EQ(report->skipped["without a package or an id"], 3U);
}

TEST(Agreement, RefusesWhatIsNoReport) {
    const std::pair<std::string, const char*> cases[] = {
        {"", "not the JSON"},
        {"<html>", "not the JSON"},
        {"[]", "not the JSON"},
        {"{}", "neither pith's"},
        {R"({"schema": "pith-findings-2"})", "neither pith's"},
        {R"({"matches": 7})", "not the JSON"},
        {R"({"matches": [7]})", "not the JSON"},
        {R"({"matches": [{"vulnerability": []}]})", "not the JSON"},
        {R"({"SchemaVersion": 2, "Results": {}})", "not the JSON"},
        {R"({"schema": "pith-findings-1", "packages": "x"})", "not the JSON"},
        {grype_of("") + "x", "not the JSON"},
        {std::string(200'000, '['), "not the JSON"},
    };
    for (const auto& [text, error] : cases) {
        auto report = read_report(text);
        ASSERT_FALSE(report) << text.substr(0, 80);
        EXPECT_THAT(report.error().text(), testing::AnyOf(HasSubstr(error), HasSubstr("something follows")))
            << text.substr(0, 80);
    }
    // Cut anywhere, a report is an error and never a shorter one.
    for (const auto& whole : {grype_of(grype_match("CVE-1")), ours_of(our_finding("CVE-1")),
                              trivy_of(R"({"VulnerabilityID": "CVE-1", "PkgName": "a"})", "{}")})
        for (std::size_t size = 0; size < whole.size(); ++size)
            EXPECT_FALSE(read_report(std::string_view(whole).substr(0, size))) << whole.substr(0, size);
}

TEST(Agreement, IsWrittenWithoutMarkUpOfOthers) {
    auto ours = read_report(ours_of(our_finding("CVE-1"))),
         theirs = read_report(grype_of(grype_match("CVE-<b>|\\u001b[31m\\n", "a|b@1")));
    ASSERT_OK(ours);
    ASSERT_OK(theirs);
    auto agreement = compare(*ours, *theirs, {});
    ASSERT_OK(agreement);
    report::Compared compared{*ours, *theirs, *agreement};
    auto markdown = report::to_markdown(compared, false), text = report::to_text(compared, false),
         json = report::to_json(compared, true);
    EXPECT_THAT(markdown, HasSubstr("CVE-\\<b\\>\\|"));
    for (const auto& each : {markdown, text, json}) EXPECT_EQ(each.find('\x1b'), std::string::npos);
    EXPECT_THAT(json, HasSubstr("\"no facts at theirs\": 1"));
    EXPECT_THAT(text, HasSubstr("no facts at ours"));
}

TEST(Agreement, ReadsPublishedReports) {
    auto folder = shared("debian/reports");
    PITH_NEED(folder, "../shared/data");
    struct Case {
        const char *file, *tool;
        std::size_t findings, skipped;
    };
    const Case cases[] = {{"2025-09-15-grype-debian12-my-app.json.zst", "grype 0.97.1", 160, 0},
                          {"2025-09-27-trivy-debian11.0-goatandwolf.json.zst", "trivy", 734, 84},
                          {"2026-08-20-trivy-debian12.15-python-test-baseline.json.zst", "trivy 0.74.0", 212, 0},
                          {"2026-02-18-dockdocs-debian12-node-24.json.zst", "", 0, 0}};
    for (const auto& each : cases) {
        auto packed = MappedFile::open(*folder / each.file);
        ASSERT_OK(packed);
        auto inflated = archive::inflate(packed->bytes(), archive::Compression::zstd);
        ASSERT_OK(inflated);
        auto report = read_report(as_text(inflated->bytes()));
        ASSERT_EQ(report.has_value(), each.findings > 0) << each.file;
        if (!report) continue;
        EXPECT_EQ(report->tool, each.tool);
        EXPECT_EQ(report->findings.size(), each.findings);
        EXPECT_EQ(report->skipped["said twice"], each.skipped);
        // It agrees with itself.
        auto agreement = compare(*report, *report, {});
        ASSERT_OK(agreement);
        EXPECT_EQ(agreement->agreed, each.findings) << each.file;
    }
}

}  // namespace
}  // namespace pith::advisory
