#include "advisory/order.h"

#include <algorithm>
#include <array>
#include <utility>

#include "pkg/version/apk.h"
#include "pkg/version/deb.h"
#include "pkg/version/number.h"
#include "pkg/version/orders.h"

namespace pith::advisory {

namespace {

namespace version = pkg::version;

// A feed may write Go's own versions with their prefix, "go1.22.1".
std::string_view without_go(std::string_view text) { return text.starts_with("go") ? text.substr(2) : text; }

int compare_go(std::string_view a, std::string_view b) { return version::compare_semver(without_go(a), without_go(b)); }

constexpr auto orders = std::to_array<std::pair<std::string_view, VersionOrder>>(
    {{"debian", version::deb::compare},      {"ubuntu", version::deb::compare},
     {"ubuntu-pro", version::deb::compare},  {"alpine", version::apk::compare},
     {"wolfi", version::apk::compare},       {"chainguard", version::apk::compare},
     {"almalinux", version::compare_rpm},    {"rocky", version::compare_rpm},
     {"rhel", version::compare_rpm},         {"go", compare_go},
     {"npm", version::compare_semver},       {"cargo", version::compare_semver},
     {"pypi", version::compare_pypi},        {"maven", version::compare_maven},
     {"gem", version::compare_rubygems},     {"composer", version::compare_packagist},
     {"nuget", version::compare_nuget},      {"pub", version::compare_pub},
     {"hackage", version::compare_numbered}, {"cran", version::compare_numbered}});

}  // namespace

VersionOrder order_of(std::string_view stream) {
    auto world = stream.substr(0, stream.find(':'));
    const auto* found = std::ranges::find(orders, world, &std::pair<std::string_view, VersionOrder>::first);
    return found == orders.end() ? nullptr : found->second;
}

bool is_version(std::string_view stream, std::string_view text) {
    auto compare = order_of(stream);
    if (compare == version::deb::compare) return version::deb::parse(text).has_value();
    // Alpine's feeds have versions that are none by the grammar ("4.10-1-r1"); the order reads them as far as it goes.
    if (compare == version::apk::compare) return !text.empty() && version::is_digit(text[0]);
    return std::ranges::any_of(text, version::is_digit);
}

}  // namespace pith::advisory
