// The HTML report: one page, whatever stands in it. What it looks like and does is for the browser's test.
#include "report/html/html_report.h"

#include <gmock/gmock.h>

#include <regex>

#include "report/html/contributions.h"
#include "unit/report/compared.h"

namespace pith::report {
namespace {

using pith::test::TwoImages;
using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t out = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++out;
    return out;
}

TEST(HtmlReport, ShowsAComparison) {
    TwoImages images;
    auto compared = images.compare();
    auto page = to_html(images.after, &compared, "1.2");
    EXPECT_EQ(page, to_html(images.after, &compared, "1.2"));
    EXPECT_THAT(page, HasSubstr("<dt>Vulnerabilities</dt><dd>2 → 2</dd>"));
    EXPECT_THAT(page, HasSubstr("<tr data-severity=\"high\" data-state=\"affected\" data-fate=\"went\">"));
    EXPECT_THAT(page, HasSubstr("<tr data-severity=\"high\" data-state=\"affected\" data-fate=\"came\">"));
    EXPECT_THAT(page, HasSubstr("aria-label=\"1 high, 1 low\""));
    EXPECT_THAT(page, HasSubstr("1 of 3 before"));
}

TEST(HtmlReport, ShowsOneImageAlone) {
    TwoImages images;
    auto page = to_html(images.after, nullptr, "1.2");
    EXPECT_THAT(page, Not(HasSubstr("before")));
    EXPECT_EQ(count(page, "<tr data-severity"), 2U);
    EXPECT_THAT(to_html({}, nullptr, "1.2"), HasSubstr("<p>None.</p>"));
}

// It loads nothing, and nothing in it can make it.
TEST(HtmlReport, AsksNoServer) {
    TwoImages images;
    auto compared = images.compare();
    auto page = to_html(images.after, &compared, "1.2");
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    EXPECT_FALSE(
        std::regex_search(page, std::regex("(src|srcset|action|data)=\"|url\\(|@import|<link|<iframe|<object")));
}

TEST(HtmlReport, TakesNoMarkupFromImagesAndFeeds) {
    const std::string hostile = "\"><script>alert(1)</script><img src=x onerror='x'>";
    TwoImages images;
    images.after.image = images.after.distribution = images.after.as_of = hostile;
    images.after.gaps = {{hostile, 1}};
    auto& package = images.after.packages[0];
    package.name = package.version = package.source = package.path = package.reason = hostile;
    auto& finding = images.after.findings[0];
    finding.id = "CVE-" + hostile;
    finding.aliases = {hostile};
    finding.state = advisory::State::fix_available;
    finding.fixed = finding.reason = finding.rating.summary = finding.rating.source = hostile;
    finding.rating.exploited_since = hostile;
    auto& evidence = finding.evidence;
    evidence = {hostile, hostile, hostile, hostile, hostile, hostile, hostile};
    advisory::Feed feed;
    feed.name = feed.format = feed.date = feed.digest = hostile;
    images.after.feeds = {feed};
    images.after.database = hostile;
    images.before.image = hostile;
    auto compared = images.compare();
    auto page = to_html(images.after, &compared, hostile);
    EXPECT_EQ(count(page, "<script"), 1U);
    EXPECT_THAT(page, Not(HasSubstr("<img")));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
}

TEST(HtmlReport, CountsAVulnerabilityOnceForASource) {
    TwoImages images;
    images.after.packages.push_back(test::scanned("libc-bin", "glibc"));
    images.after.findings.push_back(test::found("CVE-2020-2", 2, advisory::Severity::high));
    auto contributions = contributions_of(nullptr, images.after);
    ASSERT_EQ(contributions.size(), 2U);
    EXPECT_EQ(contributions[0].source, "glibc");
    EXPECT_EQ(sum_of(contributions[0].after), 1U);
    EXPECT_EQ(contributions[0].after[static_cast<std::size_t>(advisory::Severity::high)], 1U);
}

}  // namespace
}  // namespace pith::report
