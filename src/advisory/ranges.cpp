#include "advisory/ranges.h"

#include <algorithm>

#include <fmt/format.h>

namespace pith::advisory {

namespace {

std::string constraint_of(const Range& range) {
    std::string out;
    if (!range.introduced.empty()) out = fmt::format(">= {}", range.introduced);
    auto end = [&](std::string_view sign, std::string_view version) {
        if (!version.empty()) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", sign, version);
    };
    end("<", range.fixed);
    end("<=", range.last_affected);
    return out.empty() ? "every version" : out;
}

}  // namespace

std::optional<Held> holds(const Claim& claim, std::string_view version, VersionOrder compare, std::string_view stream) {
    auto order = [&](std::string_view end) {
        bool local = stream == "pypi" && end.find('+') == end.npos;
        return compare(local ? version.substr(0, version.find('+')) : version, end);
    };
    for (const auto& range : claim.ranges) {
        if (!range.introduced.empty() && order(range.introduced) < 0) continue;
        if (!range.fixed.empty() && order(range.fixed) >= 0) continue;
        if (!range.last_affected.empty() && order(range.last_affected) > 0) continue;
        return Held{constraint_of(range), std::string(range.fixed)};
    }
    bool listed = std::ranges::any_of(claim.versions, [&](auto each) { return order(each) == 0; });
    if (listed) return Held{fmt::format("listed: {}", version), {}};
    return std::nullopt;
}

}  // namespace pith::advisory
