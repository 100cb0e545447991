// Which packages come in: apt's rules on small universes.
#include "solve/solve.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/solve/universe_of.h"

namespace pith::solve {
namespace {

using test::left_out;
using test::request_of;
using test::told;
using test::universe_of;

struct Case {
    const char* what;
    std::string universe;
    std::vector<std::string> packages;
    std::string expected;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.what; }

class Choice : public testing::TestWithParam<Case> {};

TEST_P(Choice, IsApts) {
    const auto& c = GetParam();
    auto universe = universe_of({c.universe});
    EXPECT_EQ(told(solve(universe, request_of(c.packages))), c.expected) << c.what;
}

const Case choices[] = {
    {"a chain, Pre-Depends too", "a 1 depends: b\nb 1 pre-depends: c\nc 1\nd 1", {"a"}, "a=1 b=1 c=1"},
    {"a cycle", "a 1 depends: b\nb 1 depends: c\nc 1 depends: a", {"b"}, "a=1 b=1 c=1"},
    {"a package that depends on itself", "a 1 depends: a", {"a"}, "a=1"},
    {"the first alternative", "a 1 depends: b | c\nb 1\nc 1", {"a"}, "a=1 b=1"},
    {"the first alternative that can be had", "a 1 depends: b (>= 2) | c | d\nb 1\nc 1\nd 1", {"a"}, "a=1 c=1"},
    {"an alternative whose own dependency is missing is passed over",
     "a 1 depends: b | c\nb 1 depends: x\nc 1",
     {"a"},
     "a=1 c=1"},
    {"what is asked for meets an alternative", "a 1 depends: b | c\nb 1\nc 1", {"a", "c"}, "a=1 c=1"},
    {"what came in before meets an alternative", "a 1 depends: c, b | c\nb 1\nc 1", {"a"}, "a=1 c=1"},
    {"what comes in later does not", "a 1 depends: b | c, c\nb 1\nc 1", {"a"}, "a=1 b=1 c=1"},
    {"Pre-Depends are met first", "a 1 depends: b | c; pre-depends: c\nb 1\nc 1", {"a"}, "a=1 c=1"},
    {"a provider", "a 1 depends: v\nb 1 provides: v", {"a"}, "a=1 b=1"},
    {"a real package before a provider", "a 1 depends: v\nb 1 provides: v; priority: required\nv 1", {"a"}, "a=1 v=1"},
    {"a provider when the real version does not do",
     "a 1 depends: v (>= 2)\nb 1 provides: v (= 2)\nv 1",
     {"a"},
     "a=1 b=1"},
    {"an unversioned Provides meets no version", "a 1 depends: v (>= 1) | d\nb 1 provides: v\nd 1", {"a"}, "a=1 d=1"},
    {"an essential provider first",
     "a 1 depends: v\nb 1 provides: v; priority: required\nz 1 provides: v; essential: yes",
     {"a"},
     "a=1 z=1"},
    {"then by Priority", "a 1 depends: v\nb 1 provides: v\nz 1 provides: v; priority: important", {"a"}, "a=1 z=1"},
    {"then the one that adds least",
     "a 1 depends: v\nb 1 provides: v; depends: x\nz 1 provides: v\nx 1",
     {"a"},
     "a=1 z=1"},
    {"of those that add as much, by name",
     "a 1 depends: v\nc 1 provides: v; depends: x\nb 1 provides: v; depends: x\nx 1",
     {"a"},
     "a=1 b=1 x=1"},
    {"adding least counts what is there already",
     "a 1 depends: x, v\nb 1 provides: v; depends: x\nc 1 provides: v; depends: y\nx 1\ny 1",
     {"a"},
     "a=1 b=1 x=1"},
    {"a provider that does not work out is passed over",
     "a 1 depends: v\nb 1 provides: v; depends: none\nc 1 provides: v; depends: d\nd 1",
     {"a"},
     "a=1 c=1 d=1"},
    {"alternatives before the priority of providers",
     "a 1 depends: v | w\nb 1 provides: v\nc 1 provides: w; priority: required",
     {"a"},
     "a=1 b=1"},
    {"the newest version", "a 1 depends: b\nb 1.9\nb 1.10\nb 1.10~rc1", {"a"}, "a=1 b=1.10"},
    {"an older version where only that one provides", "a 1 depends: v\nb 1 provides: v\nb 2", {"a"}, "a=1 b=1"},
    {"essential packages are not added", "a 1\nb 1 essential: yes", {"a"}, "a=1"},
    {"other architectures are not seen",
     "a 1 depends: b\nb 2 arch: arm64\nb 1 arch: all\na 2 arch: i386",
     {"a"},
     "a=1 b=1"},
    {"name:any wants Multi-Arch: allowed",
     "a 1 depends: b:any | c:any | d\nb 1\nc 1 multi-arch: allowed\nd 1",
     {"a"},
     "a=1 c=1"},
    {"name:any of a foreign package is not met",
     "a 1 depends: b:any | d\nb 1 multi-arch: foreign\nd 1",
     {"a"},
     "a=1 d=1"},
    {"name:native and the own architecture", "a 1 depends: b:native, c:amd64\nb 1\nc 1", {"a"}, "a=1 b=1 c=1"},
    {"another architecture is not met", "a 1 depends: b:arm64 | c\nb 1\nc 1", {"a"}, "a=1 c=1"},
    {"an alternative that conflicts with what is asked for is passed over",
     "a 1 depends: b | c\nb 1 conflicts: d\nc 1\nd 1",
     {"a", "d"},
     "a=1 c=1 d=1"},
    {"and one that what is there conflicts with", "a 1 depends: b | c; conflicts: b\nb 1\nc 1", {"a"}, "a=1 c=1"},
    {"Breaks of older versions leave newer ones", "a 1 depends: b; breaks: b (<< 2)\nb 2", {"a"}, "a=1 b=2"},
    {"a conflict with what the package itself provides is none", "a 1 provides: v; conflicts: v", {"a"}, "a=1"},
    {"a conflict with a provided name", "a 1 depends: b | c; conflicts: v\nb 1 provides: v\nc 1", {"a"}, "a=1 c=1"},
    {"a versioned conflict passes an unversioned Provides",
     "a 1 depends: b | c; conflicts: v (<< 2)\nb 1 provides: v\nc 1",
     {"a"},
     "a=1 b=1"},
    {"'!name' keeps an alternative out", "a 1 depends: b | c\nb 1\nc 1", {"a", "!b"}, "a=1 c=1"},
    {"a virtual name with one provider", "a 1 provides: v", {"v"}, "a=1"},
    {"nothing asked for", "a 1", {}, ""},
};

INSTANTIATE_TEST_SUITE_P(Solve, Choice, testing::ValuesIn(choices));

// Where the greedy pass runs into a conflict, another set is found, with the preferred choices kept.
const Case repaired[] = {
    {"the first alternative conflicts with a later dependency",
     "a 1 depends: b | c, d\nb 1\nc 1\nd 1 conflicts: b",
     {"a"},
     "a=1 c=1 d=1"},
    {"an older version is needed",
     "a 1 depends: b, c (= 1)\nb 2 depends: c (= 2)\nb 1\nc 1\nc 2",
     {"a"},
     "a=1 b=1 c=1"},
    {"what only the given-up choice needed does not stay",
     "a 1 depends: b | c, d\nb 1 depends: e\nc 1\nd 1 conflicts: b\ne 1",
     {"a"},
     "a=1 c=1 d=1"},
    {"unrelated choices stay",
     "a 1 depends: x | y, b | c, d\nx 1\ny 1\nb 1\nc 1\nd 1 conflicts: b",
     {"a"},
     "a=1 c=1 d=1 x=1"},
    {"an exact older version brings its companions",
     "n 2 depends: n-common (= 2)\nn 1 depends: n-common (= 1)\nn-common 2\nn-common 1",
     {"n=1"},
     "n=1 n-common=1"},
};

INSTANTIATE_TEST_SUITE_P(Repaired, Choice, testing::ValuesIn(repaired));

const Case pinned[] = {
    {"an exact version", "a 1\na 2\na 3", {"a=2"}, "a=2"},
    {"at least", "a 1\na 2\na 3", {"a (>= 2)"}, "a=3"},
    {"below", "a 1\na 2\na 3", {"a (<< 3)"}, "a=2"},
    {"a prefix", "a 1.22.1-1\na 1.22.2-1\na 1.220-1", {"a~1.22"}, "a=1.22.2-1"},
    {"two constraints on one name", "a 1\na 2\na 3", {"a (>= 2)", "a (<< 3)"}, "a=2"},
    {"a constraint holds for dependencies too", "b 1 depends: a\na 1\na 2", {"b", "a (<< 2)"}, "a=1 b=1"},
};

INSTANTIATE_TEST_SUITE_P(Pinned, Choice, testing::ValuesIn(pinned));

const Case asked_alternatives[] = {
    {"the first that is there", "b 1\nc 1", {"a | b | c"}, "b=1"},
    {"the first of several that are there", "a 1\nb 1", {"a | b"}, "a=1"},
    {"a constraint is one of the choice", "a 1\nb 1", {"a (>= 2) | b"}, "b=1"},
    {"and does not bind the package", "a 1\na 2\nd 1 depends: a (= 2)", {"a (= 1) | d", "d"}, "a=2 d=1"},
    {"what else is asked for meets it", "a 1\nb 1", {"a | b", "b"}, "b=1"},
    {"one that works out", "a 1 depends: none\nb 1", {"a | b"}, "b=1"},
    {"a provider", "c 1 provides: a", {"a | b"}, "c=1"},
    {"the same package under two names", "a 1 provides: b\nc 1 depends: b", {"a | b", "c"}, "a=1 c=1"},
};

INSTANTIATE_TEST_SUITE_P(AskedAlternatives, Choice, testing::ValuesIn(asked_alternatives));

TEST(Solve, TakesTheNewestVersionOfAllRepositories) {
    auto universe = universe_of({"a 1 depends: b\nb 1", "b 3", "b 2\na 1"});
    auto solution = solve(universe, request_of({"a"}));
    EXPECT_EQ(told(solution), "a=1 b=3");
    EXPECT_EQ(solution->packages[0].id, (pkg::PackageId{0, 0})) << "of equal versions the first repository's";
    EXPECT_EQ(solution->packages[1].id, (pkg::PackageId{1, 0}));
}

TEST(Solve, GivesTheReasons) {
    auto universe = universe_of({"a 1 depends: c | d, b\nb 1 depends: c (>= 1)\nc 1\nd 1"});
    auto solution = solve(universe, request_of({"a", "c"}));
    ASSERT_EQ(told(solution), "a=1 b=1 c=1");
    EXPECT_EQ(solution->packages[0].reasons, (std::vector<Reason>{{"", "a"}}));
    EXPECT_EQ(solution->packages[1].reasons, (std::vector<Reason>{{"a", "b"}}));
    EXPECT_EQ(solution->packages[2].reasons, (std::vector<Reason>{{"", "c"}, {"a", "c | d"}, {"b", "c (>= 1)"}}));
}

TEST(Solve, LeavesInstallTimePackagesOut) {
    auto universe =
        universe_of({"a 1 depends: debconf (>= 0.5) | debconf-2.0, b, adduser\n"
                     "b 1 depends: debconf-2.0\n"
                     "debconf 1 depends: perl; provides: debconf-2.0; priority: important\n"
                     "cdebconf 1 provides: debconf-2.0\n"
                     "ca 1 depends: openssl\n"
                     "openssl 1 depends: libssl\n"
                     "tls 1 depends: openssl\n"
                     "libssl 1\n"
                     "perl 1"});
    auto lean = [&](std::vector<std::string> packages) {
        auto request = request_of(packages);
        request.install_time = {{"adduser", "users", {}}, {"debconf", "questions", {}}, {"openssl", "hashes", {"ca"}}};
        return solve(universe, request);
    };
    auto solution = lean({"a"});
    EXPECT_EQ(told(solution), "a=1 b=1") << "adduser is not even in a repository";
    EXPECT_EQ(left_out(solution), "adduser<-a debconf<-a,b");
    EXPECT_EQ(solution->left_out[1].why, LeftOut::Why::install_time);
    EXPECT_EQ(solution->left_out[1].reason, "questions");

    EXPECT_EQ(told(lean({"a", "debconf"})), "a=1 b=1 debconf=1 perl=1") << "asked for by name";
    EXPECT_EQ(told(lean({"ca"})), "ca=1");
    EXPECT_EQ(left_out(lean({"ca"})), "openssl<-ca");
    EXPECT_EQ(told(lean({"tls"})), "libssl=1 openssl=1 tls=1") << "left out only as a dependency of ca";
    EXPECT_EQ(told(lean({"ca", "tls"})), "ca=1 libssl=1 openssl=1 tls=1");
    EXPECT_EQ(left_out(lean({"ca", "tls"})), "") << "it is in the image, so it was not left out";
}

TEST(Solve, KeepsInstallTimePackagesWhenToldSo) {
    auto universe = universe_of({"a 1 depends: debconf | debconf-2.0\ndebconf 1 provides: debconf-2.0"});
    EXPECT_EQ(told(solve(universe, request_of({"a"}))), "a=1 debconf=1");
}

TEST(Solve, LeavesOutWhatTheUserSays) {
    auto universe = universe_of(
        {"a 1 depends: big (>= 2), c | d, v\nbig 1 depends: e\nc 1 depends: big\nd 1\ne 1\nz 1 provides: v"});
    auto request = request_of({"a"});
    request.without = {{"big", "no JIT"}, {"z", "unused"}};
    auto solution = solve(universe, request);
    EXPECT_EQ(told(solution), "a=1 c=1");
    EXPECT_EQ(left_out(solution), "big<-a,c z<-a");
    EXPECT_EQ(solution->left_out[0].why, LeftOut::Why::without);
    EXPECT_EQ(solution->left_out[0].reason, "no JIT");
}

TEST(Solve, LeavesOutOnlyWhatTheNamedPackagesNeed) {
    auto without = [](const std::string& universe, const std::vector<std::string>& packages) {
        auto request = request_of(packages);
        request.without = {{"gcc", "not for libc", {"libc"}}};
        auto solution = solve(universe_of({universe}), request);
        return told(solution) + " without " + left_out(solution);
    };
    std::string universe = "libc 1 depends: gcc\ngcc 1 depends: libc\nc++ 1 depends: gcc, libc";
    EXPECT_EQ(without(universe, {"libc"}), "libc=1 without gcc<-libc");
    EXPECT_EQ(without(universe, {"c++"}), "c++=1 gcc=1 libc=1 without ");
    EXPECT_EQ(without(universe, {"libc", "gcc"}), "gcc=1 libc=1 without ");
}

TEST(Solve, AUsersReasonGoesBeforeTheListed) {
    auto universe = universe_of({"a 1 depends: ucf\nucf 1"});
    auto request = request_of({"a"});
    request.install_time = {{"ucf", "listed", {}}};
    request.without = {{"ucf", "mine"}};
    auto solution = solve(universe, request);
    ASSERT_EQ(left_out(solution), "ucf<-a");
    EXPECT_EQ(solution->left_out[0].why, LeftOut::Why::without);
    EXPECT_EQ(solution->left_out[0].reason, "mine");
}

TEST(Solve, ALongChainNeedsNoStack) {
    std::string lines;
    for (int i = 0; i < 20'000; ++i) lines += "p" + std::to_string(i) + " 1 depends: p" + std::to_string(i + 1) + "\n";
    auto universe = universe_of({lines + "p20000 1"});
    auto solution = solve(universe, request_of({"p0"}));
    ASSERT_TRUE(solution.has_value()) << solution.error().text();
    EXPECT_EQ(solution->packages.size(), 20'001u);
}

// Each level has two ways and neither works out: trying every combination would take 2^40 steps.
TEST(Solve, FailsInReasonableTime) {
    std::string lines;
    for (int i = 0; i < 40; ++i) {
        auto next = std::to_string(i + 1);
        for (const char* side : {"l", "r"})
            lines += side + std::to_string(i) + " 1 depends: l" + next + " | r" + next + "; provides: v" +
                     std::to_string(i) + "\n";
    }
    auto universe = universe_of({lines + "l40 1 depends: none\nr40 1 depends: none\na 1 depends: v0"});
    EXPECT_FALSE(solve(universe, request_of({"a"})).has_value());
}

// At each of 6,000 levels two providers are equal, and trying one goes down to the end.
TEST(Solve, TriesEqualProvidersWithinBounds) {
    std::string lines;
    for (int i = 0; i < 6'000; ++i)
        for (const char* side : {"l", "r"})
            lines += fmt::format("{0}{1} 1 provides: v{1}; depends: v{2}\n", side, i, i + 1);
    auto universe = universe_of({lines + "end 1 provides: v6000"});
    auto solution = solve(universe, request_of({"l0"}));
    ASSERT_TRUE(solution.has_value()) << solution.error().text();
    EXPECT_EQ(solution->packages.size(), 6'001u);
}

TEST(Solve, TooManyProvidersAreRefused) {
    std::string lines = "a 1 depends: v\n";
    for (int i = 0; i < 10'001; ++i) lines += fmt::format("p{} 1 provides: v\n", i);
    auto solution = solve(universe_of({lines}), request_of({"a"}));
    ASSERT_FALSE(solution.has_value());
    EXPECT_EQ(solution.error().code, ErrorCode::limit);
    EXPECT_EQ(solution.error().text(), "over 10000 packages provide 'v'");
}

TEST(Solve, TooManyConflictsAreRefused) {
    std::string lines = "a 1 depends: v, none\n";
    for (int i = 0; i < 2'500; ++i) lines += fmt::format("p{} 1 provides: v; conflicts: v\n", i);
    auto solution = solve(universe_of({lines}), request_of({"a"}));
    ASSERT_FALSE(solution.has_value());
    EXPECT_EQ(solution.error().code, ErrorCode::limit);
    EXPECT_EQ(solution.error().text(),
              "the packages within reach of the request have over 5000000 dependencies and conflicts between them");
}

TEST(Solve, SameAnswerEveryTime) {
    auto universe = universe_of(
        {"a 1 depends: v, w\nb 1 provides: v, w\nc 1 provides: v\nd 1 provides: w; conflicts: c\ne 1 provides: v"});
    auto first = told(solve(universe, request_of({"a"})));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(told(solve(universe, request_of({"a"}))), first);
}

}  // namespace
}  // namespace pith::solve
