// pith's answer beside that of the real apt on an empty system, for packages drawn by the hash of their names
// (so the same ones on every machine), and what leaving install-time packages out makes of known servers.
//
// 60 packages a suite; with PITH_DEEP=1, 300.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/digest.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "e2e/solve_apt/apt.h"
#include "solve/solve.h"

namespace pith::test {
namespace {

// Packages whose set differs from apt's, each with the reason; docs/solving.md tells more.
const std::map<std::string, std::string> known_differences{
    {"php-symfony-amazon-sns-notifier",
     "php-json needs one of seven equal providers; apt takes php8.x-phpdbg, which needs php8.x-cli, pith php8.x-cli"},
};

struct Solved {
    std::set<std::string> packages, left_out;  // "name version"; names
};

Solved solved(const pkg::Universe& universe, const std::string& name,
              std::vector<solve::InstallTimePackage> install_time) {
    solve::Request request;
    request.architecture = "amd64";
    request.install = {{{name}}};
    request.install_time = std::move(install_time);
    Solved out;
    if (auto solution = solve::solve(universe, request)) {
        for (const auto& chosen : solution->packages)
            out.packages.insert(chosen.package.name + " " + chosen.package.version);
        for (const auto& item : solution->left_out) out.left_out.insert(item.package);
    }
    return out;
}

std::string difference(const std::set<std::string>& apt, const std::set<std::string>& pith) {
    std::string out;
    for (const auto& item : apt)
        if (!pith.contains(item)) out += "\n  apt alone:  " + item;
    for (const auto& item : pith)
        if (!apt.contains(item)) out += "\n  pith alone: " + item;
    return out;
}

std::vector<std::string> drawn(const pkg::Universe& universe, std::size_t count) {
    auto names = universe.names();
    std::ranges::sort(names, {}, [](const std::string& name) { return sha256(name); });
    names.resize(std::min(names.size(), count));
    return names;
}

class SolveApt : public testing::TestWithParam<const char*> {};

TEST_P(SolveApt, GivesTheSameSet) {
    PITH_NEED(have("apt-get"), "apt");
    Apt apt(GetParam());
    PITH_NEED(apt.error().empty(), "Debian's indexes: " + apt.error());
    auto universe = apt.universe();
    ASSERT_OK(universe);
    auto names = drawn(*universe, std::getenv("PITH_DEEP") ? 300 : 60);
    ASSERT_GE(names.size(), 60u);

    (void)apt.install(names.front());  // makes apt's cache, which the calls below then share
    ThreadPool pool;
    std::vector<std::set<std::string>> by_apt(names.size());
    pool.for_each(names.size(), [&](std::size_t i) { by_apt[i] = apt.install(names[i]); });
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto by_pith = solved(*universe, names[i], {}).packages;
        if (known_differences.contains(names[i])) continue;
        EXPECT_EQ(difference(by_apt[i], by_pith), "") << names[i];
    }
}

INSTANTIATE_TEST_SUITE_P(Suites, SolveApt, testing::Values("bookworm", "trixie"));

// Leaving a package out is the same as having it there already: apt, told that what pith leaves out is installed,
// gives the same sets. The sizes are bookworm's, with room for what its updates may bring.
TEST(SolveApt, LeavesOutWhatOnlyScriptsUse) {
    PITH_NEED(have("apt-get"), "apt");
    Apt apt("bookworm");
    PITH_NEED(apt.error().empty(), "Debian's indexes: " + apt.error());
    auto universe = apt.universe();
    ASSERT_OK(universe);

    struct Case {
        const char* name;
        double whole, lean;
    };
    for (const auto& c :
         {Case{"nginx", 29, 9}, {"redis-server", 51, 17}, {"haproxy", 51, 18}, {"postgresql-15", 91, 70}}) {
        apt.pretend_installed({});
        auto whole = solved(*universe, c.name, {});
        EXPECT_EQ(difference(apt.install(c.name), whole.packages), "") << c.name;
        EXPECT_NEAR(static_cast<double>(whole.packages.size()), c.whole, 2) << c.name;

        auto lean = solved(*universe, c.name, solve::install_time_packages());
        std::vector<pkg::Package> stand_ins;
        for (const auto& name : lean.left_out)
            stand_ins.push_back(universe->package(universe->named(name).front()).value());
        apt.pretend_installed(stand_ins);
        EXPECT_EQ(difference(apt.install(c.name), lean.packages), "") << c.name;
        EXPECT_NEAR(static_cast<double>(lean.packages.size()), c.lean, 2) << c.name;
    }
}

}  // namespace
}  // namespace pith::test
