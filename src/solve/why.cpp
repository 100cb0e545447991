// The chains that keep a package, searched from the package towards the requests: the shortest unfinished
// chain first, so that the search ends after the chains that were wanted and not after all there are.
#include <algorithm>
#include <map>
#include <queue>
#include <tuple>

#include "solve/solve.h"

namespace pith::solve {
namespace {

// Chains in a dense graph can be more than stars in the sky; the search gives up counting here.
constexpr std::size_t most_steps = 100'000;

using ByName = std::map<std::string_view, const Chosen*>;

bool is_asked(const Chosen& chosen) {
    return std::ranges::any_of(chosen.reasons, [](const Reason& reason) { return reason.by.empty(); });
}

// How many links away each package is from one that was asked for.
std::map<std::string_view, std::size_t> distances(const Solution& solution) {
    std::map<std::string_view, std::vector<std::string_view>> needed_by;
    std::map<std::string_view, std::size_t> distance;
    std::vector<std::string_view> reached;
    auto reach = [&](std::string_view name, std::size_t at) {
        if (distance.try_emplace(name, at).second) reached.push_back(name);
    };
    for (const auto& chosen : solution.packages) {
        if (is_asked(chosen)) reach(chosen.package.name, 0);
        for (const auto& reason : chosen.reasons) needed_by[reason.by].push_back(chosen.package.name);
    }
    for (std::size_t i = 0; i < reached.size(); ++i)
        for (auto name : needed_by[reached[i]]) reach(name, distance[reached[i]] + 1);
    return distance;
}

struct Partial {
    std::size_t length;       // of the shortest whole chain that it can become
    std::vector<Link> links;  // from the package back
    bool finished = false;

    // A priority queue gives the greatest first: the shortest, then by names from the package back.
    bool operator<(const Partial& other) const {
        if (length != other.length) return length > other.length;
        return std::ranges::lexicographical_compare(other.links, links, {}, &Link::package, &Link::package);
    }
};

}  // namespace

std::vector<std::vector<Link>> why(const Solution& solution, std::string_view package, std::size_t most) {
    ByName by_name;
    for (const auto& chosen : solution.packages) by_name[chosen.package.name] = &chosen;
    auto distance = distances(solution);
    std::vector<std::vector<Link>> chains;
    std::priority_queue<Partial> open;
    if (auto at = distance.find(package); at != distance.end())
        open.push({at->second, {{std::string(package), ""}}, false});

    for (std::size_t step = 0; step < most_steps && !open.empty() && chains.size() < most; ++step) {
        auto partial = open.top();
        open.pop();
        if (partial.finished) {
            std::ranges::reverse(partial.links);
            chains.push_back(std::move(partial.links));
            continue;
        }
        for (const auto& reason : by_name.at(partial.links.back().package)->reasons) {
            auto next = partial;
            if (reason.by.empty()) {
                next.finished = true;
            } else {
                auto known = [&](const Link& link) { return link.package == reason.by; };
                if (std::ranges::any_of(next.links, known)) continue;
                next.links.back().relation = reason.relation;
                next.links.push_back({reason.by, ""});
            }
            next.length = next.links.size() - 1 + distance.at(next.links.back().package);
            if (next.finished) next.length = next.links.size() - 1;
            open.push(std::move(next));
        }
    }
    std::ranges::sort(chains, [](const auto& a, const auto& b) {
        if (a.size() != b.size()) return a.size() < b.size();
        return std::ranges::lexicographical_compare(a, b, {}, &Link::package, &Link::package);
    });
    return chains;
}

}  // namespace pith::solve
