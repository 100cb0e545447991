#include <gtest/gtest.h>

#include "base/text.h"
#include "solve/solve.h"
#include "unit/solve/universe_of.h"

namespace pith::solve {
namespace {

// "a -(b (>= 1))-> b": one line a chain.
std::string chains(const Solution& solution, std::string_view package, std::size_t most = 20) {
    std::string out;
    for (const auto& chain : why(solution, package, most)) {
        for (const auto& link : chain)
            out += (link.relation.empty() ? "" : " -(" + link.relation + ")-> ") + link.package;
        out += "\n";
    }
    return out;
}

Solution solved(const std::string& universe, const std::vector<std::string>& packages) {
    auto solution = solve(test::universe_of({universe}), test::request_of(packages));
    EXPECT_TRUE(solution.has_value()) << solution.error().text();
    return solution.value_or(Solution{});
}

TEST(Why, GivesEveryChainShortestFirst) {
    auto solution =
        solved("a 1 depends: b (>= 1), c\nb 1 depends: d\nc 1 depends: b, d | e\nd 1\nz 1 depends: d", {"a", "z"});
    EXPECT_EQ(chains(solution, "d"),
              "z -(d)-> d\n"
              "a -(b (>= 1))-> b -(d)-> d\n"
              "a -(c)-> c -(d | e)-> d\n"
              "a -(c)-> c -(b)-> b -(d)-> d\n");
    EXPECT_EQ(chains(solution, "d", 2), "z -(d)-> d\na -(b (>= 1))-> b -(d)-> d\n");
}

TEST(Why, OfARequestIsTheRequest) {
    auto solution = solved("a 1 depends: b\nb 1", {"a", "b"});
    EXPECT_EQ(chains(solution, "a"), "a\n");
    EXPECT_EQ(chains(solution, "b"), "b\na -(b)-> b\n");
}

TEST(Why, IsEmptyForWhatIsNotIn) { EXPECT_EQ(chains(solved("a 1\nb 1", {"a"}), "b"), ""); }

TEST(Why, EndsOnCycles) {
    auto solution = solved("a 1 depends: b\nb 1 depends: a, c\nc 1 depends: b", {"a"});
    EXPECT_EQ(chains(solution, "c"), "a -(b)-> b -(c)-> c\n");
}

// 2^40 chains lead to the last package.
TEST(Why, EndsInADenseGraph) {
    std::string lines;
    for (int i = 0; i < 40; ++i) {
        auto next = std::to_string(i + 1);
        for (const char* side : {"l", "r"})
            lines += side + std::to_string(i) + " 1 depends: l" + next + ", r" + next + "\n";
    }
    auto solution = solved(lines + "l40 1\nr40 1", {"l0"});
    EXPECT_EQ(why(solution, "l40", 5).size(), 5u);
}

}  // namespace
}  // namespace pith::solve
