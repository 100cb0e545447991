// Two images' findings compared: what went, stayed and came, and what nobody can say.
#include "advisory/comparison.h"

#include <gmock/gmock.h>

#include "support/findings.h"

namespace pith::advisory {
namespace {

using namespace pith::test;
using testing::ElementsAre;

// "fate severity id", worst first.
std::vector<std::string> rows(const Comparison& comparison) {
    std::vector<std::string> out;
    for (const auto& each : comparison.vulnerabilities)
        out.push_back(std::string(to_text(each.fate)) + " " + std::string(to_text(each.severity)) + " " + each.id);
    return out;
}

std::array<std::size_t, 6> counts(const Tally& tally) {
    return {tally.before, tally.after, tally.went, tally.stayed, tally.came, tally.unclear};
}

TEST(Comparison, TellsWhatWentStayedAndCame) {
    Findings before, after;
    before.packages = {scanned("bash"), scanned("libc6", "glibc"), scanned("libc-bin", "glibc")};
    before.findings = {found("CVE-1", 0, Severity::low), found("CVE-2", 1), found("CVE-2", 2), found("CVE-3", 1)};
    after.packages = {scanned("libc6", "glibc"), scanned("zlib1g")};
    after.findings = {found("CVE-2", 0, Severity::critical), found("CVE-4", 1)};
    auto comparison = compare(before, after);
    EXPECT_THAT(rows(comparison),
                ElementsAre("stayed critical CVE-2", "came high CVE-4", "went high CVE-3", "went low CVE-1"));
    EXPECT_TRUE(comparison.known);
    // before, after, went, stayed, came, unclear
    EXPECT_THAT(counts(comparison.all), ElementsAre(3, 2, 2, 1, 1, 0));
    EXPECT_THAT(counts(comparison.findings), ElementsAre(4, 2, 3, 1, 1, 0));
    EXPECT_THAT(counts(comparison.by_severity[static_cast<std::size_t>(Severity::high)]),
                ElementsAre(1, 1, 1, 0, 1, 0));
    EXPECT_DOUBLE_EQ(*drop_of(comparison.findings), 50);
}

TEST(Comparison, CountsWhatIsOpenAlone) {
    Findings before, after;
    before.packages = after.packages = {scanned("bash")};
    before.findings = {found("CVE-1", 0), found("CVE-2", 0)};
    before.findings[1].state = State::not_affected;
    after.findings = {found("CVE-1", 0)};
    after.findings[0].suppressed = "vex";
    EXPECT_THAT(rows(compare(before, after)), ElementsAre("went high CVE-1"));
}

// A package that is still there and of which nothing is known has not lost its vulnerabilities.
TEST(Comparison, CallsNothingGoneThatCouldNotBeLookedUp) {
    Findings before, after;
    before.packages = {scanned("libssl3", "openssl"), scanned("bash")};
    before.findings = {found("CVE-1", 0), found("CVE-2", 1)};
    after.packages = {scanned("libssl3t64", "openssl", Verdict::unknown), scanned("zlib1g")};
    auto comparison = compare(before, after);
    EXPECT_THAT(rows(comparison), ElementsAre("unclear high CVE-1", "went high CVE-2"));
    EXPECT_THAT(counts(comparison.all), ElementsAre(2, 0, 1, 0, 0, 1));
    EXPECT_DOUBLE_EQ(*drop_of(comparison.all), 50);
}

TEST(Comparison, GivesNoPercentageWhereNothingIsKnown) {
    Findings before, after;
    before.packages = {scanned("bash")};
    before.findings = {found("CVE-1", 0)};
    after.packages = {scanned("bash", "bash", Verdict::unknown)};
    EXPECT_FALSE(compare(before, after).known);
    EXPECT_FALSE(compare(before, Findings{}).known);  // no package facts at all
    EXPECT_TRUE(compare(before, before).known);
    EXPECT_EQ(drop_of(compare(after, before).all), std::nullopt);
}

}  // namespace
}  // namespace pith::advisory
