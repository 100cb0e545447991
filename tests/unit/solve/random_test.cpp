// Random small universes: an answer must hold by the plain meaning of the fields, and where pith says that
// there is none, trying every combination must find none either.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "solve/solve.h"
#include "unit/solve/universe_of.h"

namespace pith::solve {
namespace {

using Selection = std::vector<const pkg::Package*>;

class Dice {
public:
    explicit Dice(unsigned seed) : m_engine(seed) {}
    // The engine's numbers are the same everywhere; the library's distributions are not.
    unsigned below(unsigned end) { return static_cast<unsigned>(m_engine() % end); }
    std::string name() { return std::string(1, static_cast<char>('a' + below(7))); }
    std::string relation() {
        const char* constraints[] = {"", "", "", " (= 1)", " (>= 2)", " (<< 2)"};
        return (below(5) == 0 ? "v" : name()) + constraints[below(6)];
    }
    std::string group() { return below(2) == 0 ? relation() : relation() + " | " + relation(); }

private:
    std::mt19937 m_engine;
};

std::string random_universe(Dice& dice) {
    std::string lines;
    for (char name = 'a'; name <= 'g'; ++name)
        for (unsigned version = 1; version <= 1 + dice.below(2); ++version) {
            lines += fmt::format("{} {} depends: ", name, version);
            for (unsigned i = dice.below(3); i > 0; --i) lines += dice.group() + (i > 1 ? ", " : "");
            if (dice.below(3) == 0) lines += "; conflicts: " + dice.relation();
            if (dice.below(5) == 0) lines += "; breaks: " + dice.relation();
            if (dice.below(3) == 0) lines += dice.below(2) == 0 ? "; provides: v" : "; provides: v (= 2)";
            lines += "\n";
        }
    return lines;
}

bool meets(const pkg::Package& package, const pkg::Relation& relation) {
    if (package.name == relation.name && pkg::satisfies(pkg::Format::deb, package.version, relation)) return true;
    return std::ranges::any_of(package.provides, [&](const pkg::Provide& provide) {
        bool versioned = relation.comparison != pkg::Comparison::any;
        return provide.name == relation.name &&
               (!versioned ||
                (!provide.version.empty() && pkg::satisfies(pkg::Format::deb, provide.version, relation)));
    });
}

bool holds(const Selection& selection, const std::vector<pkg::Alternatives>& asked) {
    auto met = [&](const pkg::Relation& relation) {
        return std::ranges::any_of(selection, [&](const auto* package) { return meets(*package, relation); });
    };
    auto beside = [&](const pkg::Package& package, const pkg::Relation& relation) {
        return std::ranges::none_of(
            selection, [&](const auto* other) { return other->name != package.name && meets(*other, relation); });
    };
    auto any_met = [&](const pkg::Alternatives& group) { return std::ranges::any_of(group, met); };
    if (!std::ranges::all_of(asked, any_met)) return false;
    return std::ranges::all_of(selection, [&](const pkg::Package* package) {
        return std::ranges::all_of(package->depends, any_met) &&
               std::ranges::all_of(package->conflicts, [&](const auto& r) { return beside(*package, r); }) &&
               std::ranges::all_of(package->breaks, [&](const auto& r) { return beside(*package, r); });
    });
}

// Tries none or one version of each name, from `name` on.
bool some_selection_holds(const std::vector<std::vector<pkg::Package>>& versions, std::size_t name,
                          const std::vector<pkg::Alternatives>& asked, Selection& selection) {
    if (name == versions.size()) return holds(selection, asked);
    if (some_selection_holds(versions, name + 1, asked, selection)) return true;
    for (const auto& package : versions[name]) {
        selection.push_back(&package);
        bool found = some_selection_holds(versions, name + 1, asked, selection);
        selection.pop_back();
        if (found) return true;
    }
    return false;
}

TEST(Random, AnswersHoldAndRefusalsAreRight) {
    unsigned answered = 0, refused = 0;
    for (unsigned seed = 0; seed < 400; ++seed) {
        Dice dice(seed);
        auto text = random_universe(dice);
        auto universe = test::universe_of({text});
        auto request = test::request_of({"a", dice.name(), dice.name() + " | " + dice.name()});
        auto solution = solve(universe, request);
        Selection selection;
        if (solution) {
            ++answered;
            for (const auto& chosen : solution->packages) selection.push_back(&chosen.package);
            ASSERT_TRUE(holds(selection, request.install)) << text << test::told(solution);
            continue;
        }
        ++refused;
        std::vector<std::vector<pkg::Package>> versions;
        for (const auto& name : universe.names()) {
            auto& of_name = versions.emplace_back();
            for (auto id : universe.named(name)) of_name.push_back(universe.package(id).value());
        }
        ASSERT_FALSE(some_selection_holds(versions, 0, request.install, selection)) << text << solution.error().text();
    }
    EXPECT_GT(answered, 50u);
    EXPECT_GT(refused, 50u);
}

}  // namespace
}  // namespace pith::solve
