#include "advisory/streams.h"

#include <array>
#include <utility>

namespace pith::advisory {

namespace {

// Since the tracker keeps data; from distro-info-data's debian.csv.
constexpr auto debian_releases = std::to_array<std::pair<std::string_view, std::string_view>>({{"wheezy", "7"},
                                                                                               {"jessie", "8"},
                                                                                               {"stretch", "9"},
                                                                                               {"buster", "10"},
                                                                                               {"bullseye", "11"},
                                                                                               {"bookworm", "12"},
                                                                                               {"trixie", "13"},
                                                                                               {"forky", "14"},
                                                                                               {"duke", "15"}});

// OSV's ecosystems (ossf.github.io/osv-schema, "Defined ecosystems") by the names of our streams.
constexpr auto ecosystems = std::to_array<std::pair<std::string_view, std::string_view>>({{"Debian", "debian"},
                                                                                          {"Ubuntu", "ubuntu"},
                                                                                          {"Alpine", "alpine"},
                                                                                          {"AlmaLinux", "almalinux"},
                                                                                          {"Rocky Linux", "rocky"},
                                                                                          {"Red Hat", "rhel"},
                                                                                          {"Wolfi", "wolfi"},
                                                                                          {"Chainguard", "chainguard"},
                                                                                          {"Go", "go"},
                                                                                          {"PyPI", "pypi"},
                                                                                          {"npm", "npm"},
                                                                                          {"Maven", "maven"},
                                                                                          {"crates.io", "cargo"},
                                                                                          {"RubyGems", "gem"},
                                                                                          {"Packagist", "composer"},
                                                                                          {"NuGet", "nuget"},
                                                                                          {"Pub", "pub"},
                                                                                          {"Hackage", "hackage"},
                                                                                          {"CRAN", "cran"}});

}  // namespace

std::string debian_stream(std::string_view codename) {
    for (const auto& [name, version] : debian_releases)
        if (codename == name) return "debian:" + std::string(version);
    return "debian:" + std::string(codename);
}

std::string osv_stream(std::string_view ecosystem) {
    auto colon = ecosystem.find(':');
    auto suffix = colon == ecosystem.npos ? std::string_view() : ecosystem.substr(colon + 1);
    for (const auto& [name, stream] : ecosystems) {
        if (ecosystem.substr(0, colon) != name) continue;
        // "Ubuntu:22.04:LTS" is what everybody gets; "Ubuntu:Pro:22.04:LTS" is for subscribers.
        if (stream == "ubuntu" && suffix.starts_with("Pro:")) return "ubuntu-pro:" + std::string(suffix.substr(4, 5));
        if (stream == "ubuntu") suffix = suffix.substr(0, 5);
        if (stream == "alpine" && suffix.starts_with('v')) suffix.remove_prefix(1);
        return std::string(stream) + (suffix.empty() ? "" : ":") + std::string(suffix);
    }
    return {};
}

std::string package_key(std::string_view stream, std::string_view name) {
    if (stream != "pypi") return std::string(name);
    std::string out;
    for (char c : name) {
        bool separator = c == '-' || c == '_' || c == '.';
        if (separator && !out.empty() && out.back() == '-') continue;
        out += separator ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return out;
}

}  // namespace pith::advisory
