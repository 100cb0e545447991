// The comparison of two images in its forms: none says more than is known.
#include "report/difference_report.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "report/findings_formats.h"
#include "unit/report/compared.h"

namespace pith::report {
namespace {

using pith::test::TwoImages;
using testing::HasSubstr;
using testing::Not;
using json = nlohmann::ordered_json;

TEST(DifferenceReport, TellsVulnerabilitiesBySeverity) {
    TwoImages images;
    auto text = to_text(images.compare(), false);
    EXPECT_THAT(text, HasSubstr("packages       3      2   -33 %"));
    EXPECT_THAT(text, HasSubstr("went    high      CVE-2020-1"));
    EXPECT_THAT(text, HasSubstr("came    high      CVE-2020-3"));
    EXPECT_THAT(text, HasSubstr("packages that could not be looked up: 1 of 3 before"));
    EXPECT_THAT(text, Not(HasSubstr("setuid")));  // bills of materials name no files
}

TEST(DifferenceReport, WritesOneDocument) {
    TwoImages images;
    auto document = json::parse(to_json(images.compare(), false));
    EXPECT_EQ(document["schema"], "pith-difference-1");
    EXPECT_EQ(document["vulnerabilities"]["all"]["went"], 1);
    EXPECT_EQ(document["vulnerabilities"]["all"]["dropPercent"], 0.0);
    EXPECT_EQ(document["vulnerabilities"]["severities"]["high"]["came"], 1);
    EXPECT_EQ(document["vulnerabilities"]["before"]["unknownPackages"], 1);
    EXPECT_EQ(document["vulnerabilities"]["list"].size(), 3U);
}

TEST(DifferenceReport, GivesNoPercentageWhereNothingIsKnown) {
    TwoImages images;
    images.after = {};
    images.after.gaps = {{"no feed covers debian:13", 2}};
    auto compared = images.compare();
    for (const auto& text : {to_text(compared, false), to_markdown(compared), summary_text(compared)}) {
        EXPECT_THAT(text, HasSubstr("not known"));
        EXPECT_THAT(text, HasSubstr("no feed covers debian:13"));
        EXPECT_THAT(text, Not(HasSubstr("-100 %")));
    }
    EXPECT_FALSE(json::parse(to_json(compared, false))["vulnerabilities"]["all"].contains("dropPercent"));
}

TEST(DifferenceReport, NamesWhatIsNewInSarif) {
    TwoImages images;
    auto compared = images.compare();
    auto results = json::parse(to_sarif(images.after, &compared, "1"))["runs"][0]["results"];
    EXPECT_EQ(results[0]["baselineState"], "unchanged");
    EXPECT_EQ(results[1]["baselineState"], "new");
    EXPECT_FALSE(json::parse(to_sarif(images.after, nullptr, "1"))["runs"][0]["results"][0].contains("baselineState"));
}

TEST(DifferenceReport, RoundsChanges) {
    EXPECT_EQ(change_text(86, 18), "-79 %");
    EXPECT_EQ(change_text(1000, 999), "0 %");
    EXPECT_EQ(change_text(2, 3), "+50 %");
    EXPECT_EQ(change_text(0, 3), "");
}

}  // namespace
}  // namespace pith::report
