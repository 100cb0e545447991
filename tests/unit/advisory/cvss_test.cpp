#include "advisory/cvss.h"

#include <gtest/gtest.h>

namespace pith::advisory {
namespace {

TEST(Cvss, GivesTheScoresThatAreCommonlyPublished) {
    const std::pair<std::string_view, int> rows[] = {
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98},   // CVE-2023-45853
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100},  // CVE-2021-44228
        {"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H", 81},   // CVE-2024-6387
        {"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N", 37},   // CVE-2011-3374
        {"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 62},
        {"CVSS:3.0/AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N", 54},
        {"CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", 0},
        {"AV:N/AC:M/Au:N/C:N/I:P/A:N", 43},
        {"AV:L/AC:L/Au:N/C:C/I:C/A:C", 72},
        {"AV:N/AC:L/Au:N/C:P/I:N/A:N", 50}};
    for (const auto& [vector, tenths] : rows) EXPECT_EQ(cvss_score(vector).value_or(255), tenths) << vector;
}

TEST(Cvss, IsNothingForWhatIsNoVector) {
    for (auto vector : {"", "7.5", "high", "CVSS:3.1", "CVSS:3.1/AV:N", "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "AV:N/AC:L"})
        EXPECT_FALSE(cvss_score(vector)) << vector;
}

TEST(Cvss, RatesScoresByTheScaleOfVersion3) {
    const std::pair<int, Severity> rows[] = {
        {0, Severity::unknown}, {1, Severity::low},       {39, Severity::low},
        {40, Severity::medium}, {69, Severity::medium},   {70, Severity::high},
        {89, Severity::high},   {90, Severity::critical}, {100, Severity::critical}};
    for (auto [score, severity] : rows)
        EXPECT_EQ(severity_of_score(static_cast<std::uint8_t>(score)), severity) << score;
    EXPECT_EQ(tenths(7.45), 75);
    EXPECT_EQ(tenths(-1), 0);
    EXPECT_EQ(tenths(11), 0);
}

}  // namespace
}  // namespace pith::advisory
