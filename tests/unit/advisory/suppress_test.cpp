// What VEX documents and ignore rules suppress, for how long, and what they may not do.
#include "advisory/suppress.h"

#include <gmock/gmock.h>

#include "support/support.h"

namespace pith::advisory {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Findings one_finding() {
    Findings out;
    out.image = "nginx:latest";
    out.as_of = "2026-11-24";
    out.packages.push_back({"deb",
                            "libssl3",
                            "3.0-1",
                            "amd64",
                            "openssl",
                            "3.0-1",
                            "pkg:deb/debian/libssl3@3.0-1",
                            "var/lib/dpkg/status",
                            Verdict::clean,
                            {}});
    Finding finding;
    finding.id = "CVE-1";
    finding.aliases = {"GHSA-1"};
    out.findings.push_back(finding);
    settle(out);
    return out;
}

bool suppresses(const Result<std::vector<Suppression>>& rules) {
    auto findings = one_finding();
    std::vector<std::string> notes;
    EXPECT_OK(rules);
    if (rules) suppress(findings, *rules, notes);
    EXPECT_EQ(findings.verdict, findings.findings[0].open() ? Verdict::affected : Verdict::clean);
    return !findings.findings[0].open();
}

TEST(Ignores, HoldOnlyWhereAllThatTheyNameDoes) {
    const std::pair<const char*, bool> rows[] = {{"- {id: CVE-1, reason: r}", true},
                                                 {"- {id: GHSA-1, reason: r}", true},
                                                 {"- {id: CVE-2, reason: r}", false},
                                                 {"- {package: openssl, state: affected, reason: r}", true},
                                                 {"- {package: openssl, state: deferred, reason: r}", false},
                                                 {"- {purl: 'pkg:deb/debian/libssl3@3.0-2', reason: r}", false},
                                                 {"- {path: 'var/**', reason: r}", true},
                                                 {"- {id: CVE-1, reason: r, expires: 2026-11-24}", true},
                                                 {"- {id: CVE-1, reason: r, expires: 2026-11-23}", false}};
    for (const auto& [text, expected] : rows) EXPECT_EQ(suppresses(read_ignores(text, "rules.yaml")), expected) << text;
    auto findings = one_finding();
    std::vector<std::string> notes;
    suppress(findings, *read_ignores("- {id: CVE-1, reason: r, expires: 2026-11-23}", "rules.yaml"), notes);
    EXPECT_THAT(notes, SizeIs(1));
}

TEST(Ignores, RefuseRulesWithoutReasonOrMeaning) {
    const std::pair<const char*, const char*> rows[] = {{"- {id: CVE-1}", "needs a reason"},
                                                        {"- {reason: r}", "would ignore everything"},
                                                        {"- {id: CVE-1, reason: r, expires: soon}", "should be a date"},
                                                        {"- {idd: CVE-1, reason: r}", "no 'idd'"},
                                                        {"- {state: odd, reason: r}", "no state is called 'odd'"},
                                                        {"id: CVE-1", "a list of rules"}};
    for (const auto& [text, message] : rows) {
        auto rules = read_ignores(text, "rules.yaml");
        ASSERT_FALSE(rules) << text;
        EXPECT_THAT(rules.error().text(), HasSubstr(message));
    }
}

std::string vex(const std::string& products, const std::string& status, const std::string& more = "") {
    return R"({"@context": "https://openvex.dev/ns/v0.2.0", "timestamp": "2026-01-01T00:00:00Z", "statements": [{"vulnerability":
        {"name": "CVE-1"}, "products": [)" +
           products + R"(], "status": ")" + status + "\"}" + more + "]}";
}

TEST(Vex, SpeaksOfPackagesAndOfImagesWithTheirParts) {
    const std::pair<const char*, bool> rows[] = {
        {R"({"@id": "pkg:deb/debian/libssl3"})", true},
        {R"({"@id": "pkg:deb/debian/openssl@3.0-1?arch=source"})", true},
        {R"({"@id": "pkg:deb/debian/openssl@3.0-2"})", false},
        {R"({"@id": "pkg:apk/alpine/libssl3"})", false},
        {R"({"@id": "pkg:oci/nginx"})", true},
        {R"({"@id": "pkg:oci/redis"})", false},
        {R"({"@id": "pkg:oci/nginx", "subcomponents": [{"@id": "pkg:deb/debian/libssl3"}]})", true},
        {R"({"@id": "pkg:oci/nginx", "subcomponents": [{"@id": "pkg:deb/debian/bash"}]})", false},
        {R"({"@id": "pkg:oci/redis", "subcomponents": [{"@id": "pkg:deb/debian/libssl3"}]})", false}};
    for (const auto& [product, expected] : rows)
        EXPECT_EQ(suppresses(read_vex(vex(product, "not_affected"), "a.vex.json")), expected) << product;
    const auto* package = rows[0].first;
    EXPECT_TRUE(suppresses(read_vex(vex(package, "fixed"), "a")));
    EXPECT_FALSE(suppresses(read_vex(vex(package, "under_investigation"), "a")));
    EXPECT_FALSE(suppresses(read_vex(vex("", "not_affected"), "a")));
}

TEST(Vex, LetsTheLaterStatementDecide) {
    auto later = R"(, {"vulnerability": "CVE-1", "timestamp": "2026-02-01T00:00:00Z", "status": "affected", "products":
        ["pkg:deb/debian/libssl3"]})";
    EXPECT_FALSE(suppresses(read_vex(vex(R"({"@id": "pkg:deb/debian/libssl3"})", "not_affected", later), "a")));
}

TEST(Vex, RefusesWhatIsNone) {
    for (auto text : {"", "{}", "[]", R"({"@context": "https://example.com", "statements": []})",
                      R"({"@context": "https://openvex.dev/ns", "statements": [1]})"})
        EXPECT_FALSE(read_vex(text, "a")) << text;
}

}  // namespace
}  // namespace pith::advisory
