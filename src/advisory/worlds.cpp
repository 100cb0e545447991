#include "advisory/worlds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "advisory/order.h"
#include "advisory/streams.h"
#include "base/text.h"
#include "inventory/purl.h"

namespace pith::advisory {

using inventory::Distribution;
using inventory::Package;

namespace {

// Distributions by os-release's ID: their packages, and how much of VERSION_ID names a release.
struct World {
    std::string_view id, type;
    std::size_t parts;  // 0: it is rolling
};
constexpr auto worlds = std::to_array<World>({{"debian", "deb", 1},
                                              {"ubuntu", "deb", 2},
                                              {"alpine", "apk", 2},
                                              {"wolfi", "apk", 0},
                                              {"chainguard", "apk", 0},
                                              {"almalinux", "rpm", 1},
                                              {"rocky", "rpm", 1},
                                              {"rhel", "rpm", 1}});

// The ecosystems of package URLs, by the names of our streams.
constexpr auto languages = std::to_array<std::pair<std::string_view, std::string_view>>({{"golang", "go"},
                                                                                         {"pypi", "pypi"},
                                                                                         {"npm", "npm"},
                                                                                         {"maven", "maven"},
                                                                                         {"cargo", "cargo"},
                                                                                         {"gem", "gem"},
                                                                                         {"composer", "composer"},
                                                                                         {"nuget", "nuget"},
                                                                                         {"pub", "pub"},
                                                                                         {"hackage", "hackage"},
                                                                                         {"cran", "cran"}});

const World* world_of(const Distribution& distribution) {
    const auto* found = std::ranges::find(worlds, distribution.id, &World::id);
    return found == worlds.end() ? nullptr : found;
}

std::string first_parts(const std::string& version, std::size_t count) {
    std::size_t end = 0;
    for (; count > 0 && end != std::string::npos; --count) end = version.find('.', end ? end + 1 : 0);
    return version.substr(0, end);
}

Query language_query(const Package& package) {
    const auto* found =
        std::ranges::find(languages, package.type, &std::pair<std::string_view, std::string_view>::first);
    if (found == languages.end())
        return {{}, {}, {}, fmt::format("no feed speaks of packages of the type '{}'", printable(package.type))};
    Query out{std::string(found->second), package_key(found->second, package.name), package.version, {}};
    if (out.stream == "go" && out.version.starts_with("go")) out.version.erase(0, 2);
    // An application that Go built from its own working copy has no version that an advisory could name.
    bool development = out.version.empty() || out.version == "(devel)" || out.version.starts_with("v0.0.0-");
    if (out.stream == "go" && development) out.skipped = true;
    if (auto jre = out.version.rfind(".jre"); out.stream == "maven" && jre != std::string::npos) out.version.erase(jre);
    return out;
}

// What a package URL of a bill of materials says of the package's distribution, where that is another than the
// document's: its facts are not those of the document's.
std::string other_distribution(const Package& package, const Distribution& distribution) {
    auto purl = inventory::parse_purl(package.purl);
    if (!purl) return {};
    auto space = purl->space == "redhat" ? "rhel" : purl->space;
    if (std::ranges::find(worlds, space, &World::id) != worlds.end() && space != distribution.id) return space;
    auto& distro = purl->qualifiers["distro"];
    auto dash = distro.rfind('-');
    if (dash == distro.npos || distribution.version_id.empty()) return {};
    auto said = stream_of({distro.substr(0, dash), distro.substr(dash + 1), {}, {}, {}});
    return said == stream_of(distribution) ? "" : said;
}

}  // namespace

std::string_view package_type_of(const Distribution& distribution) {
    const auto* world = world_of(distribution);
    return world ? world->type : std::string_view();
}

std::string stream_of(const Distribution& distribution) {
    if (distribution.id.empty()) return {};
    const auto* world = world_of(distribution);
    // Debian's testing and unstable have a codename and no version.
    if (distribution.id == "debian" && distribution.version_id.empty() && !distribution.codename.empty())
        return debian_stream(distribution.codename);
    if (world && world->parts == 0) return distribution.id;
    auto version = world ? first_parts(distribution.version_id, world->parts) : distribution.version_id;
    return distribution.id + ":" + version;
}

Query query_of(const Package& package, const Distribution& distribution) {
    bool deb = package.type == "deb", apk = package.type == "apk", rpm = package.type == "rpm";
    Query out;
    if (!deb && !apk && !rpm) {
        out = language_query(package);
    } else {
        const auto* world = world_of(distribution);
        if (distribution.id.empty())
            return {{}, {}, {}, "the image does not say which distribution it is (no os-release)"};
        if (!world || world->type != package.type)
            return {{},
                    {},
                    {},
                    fmt::format("no feed speaks of {} packages of the distribution '{}'", package.type,
                                printable(distribution.id))};
        if (auto other = other_distribution(package, distribution); !other.empty())
            return {
                {}, {}, {}, fmt::format("it is of {}, and the image is {}", printable(other), stream_of(distribution))};
        out.stream = stream_of(distribution);
        out.key = rpm ? package.name : package.source;
        out.version = rpm ? package.version : package.source_version;
        out.skipped = rpm && package.name == "gpg-pubkey";  // a key that rpm keeps as a package
    }
    if (out.skipped || !out.unknown.empty()) return out;
    if (out.version.empty())
        out.unknown = "its version is not known";
    else if (!is_version(out.stream, out.version))
        out.unknown = fmt::format("'{}' is no version", printable(out.version));
    return out;
}

std::string narrowed(const Package& package, const inventory::Inventory& inventory) {
    constexpr auto headers = std::to_array<std::string_view>({"linux-libc-dev", "linux-headers-", "linux-kbuild-"});
    if (package.source != "linux" ||
        std::ranges::none_of(headers, [&](auto prefix) { return package.name.starts_with(prefix); }))
        return {};
    for (auto file : package.files)
        for (auto kernel : {"boot/vmlinu", "lib/modules/", "usr/lib/modules/"})
            if (inventory.files[file].path.starts_with(kernel)) return {};
    return fmt::format("{} holds headers and no kernel: {}", package.name,
                       package.files.empty()
                           ? std::string("by its name")
                           : fmt::format("none of its {} files is a kernel or a module", package.files.size()));
}

}  // namespace pith::advisory
