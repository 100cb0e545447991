#include "pkg/deb/mirror.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "base/text.h"
#include "net/url.h"
#include "pkg/deb/apt_config.h"

namespace pith::pkg::deb {

namespace {

using Mirrors = std::map<std::string, std::string>;

constexpr auto mirror_names = std::to_array<std::string_view>({"debian", "debian-security", "ubuntu", "ubuntu-ports"});

// What a short name stands for: suites, each on a mirror. `suffix` follows the suite's name.
struct Part {
    std::string_view mirror, suffix;
    std::vector<std::string> architectures{};  // of those asked for; empty: all
};
const Part debian_parts[] = {{"debian", ""}, {"debian", "-updates"}, {"debian-security", "-security"}};
constexpr auto ubuntu_suffixes = std::to_array<std::string_view>({"", "-updates", "-security"});
constexpr auto ubuntu_main_architectures = std::to_array<std::string_view>({"amd64", "i386"});

// Debian's unstable suites have neither updates nor security; buster and older named security otherwise.
constexpr auto unstable = std::to_array<std::string_view>({"sid", "unstable", "experimental"});
constexpr auto old_security = std::to_array<std::string_view>({"jessie", "stretch", "buster"});

bool is_one_of(auto& names, std::string_view name) { return std::ranges::find(names, name) != std::end(names); }

std::vector<Part> ubuntu_parts(std::span<const std::string> architectures) {
    std::vector<Part> out;
    for (std::string_view mirror : {"ubuntu", "ubuntu-ports"}) {
        std::vector<std::string> served;
        for (const auto& architecture : architectures)
            if (is_one_of(ubuntu_main_architectures, architecture) == (mirror == "ubuntu"))
                served.push_back(architecture);
        if (served.empty()) continue;
        for (auto suffix : ubuntu_suffixes) out.push_back({mirror, suffix, served});
    }
    return out;
}

std::vector<Part> parts_of(const ShortName& name, std::span<const std::string> architectures) {
    if (name.distribution == "ubuntu") return ubuntu_parts(architectures);
    if (is_one_of(unstable, name.suite)) return {debian_parts[0]};
    std::vector<Part> out(std::begin(debian_parts), std::end(debian_parts));
    if (is_one_of(old_security, name.suite)) out[2].suffix = "/updates";
    return out;
}

Result<> check_mirror(std::string_view name, std::string_view url, std::string_view place) {
    if (!is_one_of(mirror_names, name)) {
        std::vector<std::string> known{mirror_names.begin(), mirror_names.end()};
        return fail(ErrorCode::usage, fmt::format("{}: there is no mirror called '{}'; the names are {}", place,
                                                  printable(name), join(known, ", ")));
    }
    TRY(context(net::parse_url(url), place));
    return {};
}

Result<Mirrors> parse_options(const std::vector<std::string>& options) {
    Mirrors out;
    for (const auto& option : options) {
        auto equals = option.find('=');
        // An '=' behind the scheme belongs to the URL.
        bool named = equals != std::string::npos && equals < option.find("://");
        out[named ? option.substr(0, equals) : "debian"] = option.substr(named ? equals + 1 : 0);
    }
    return out;
}

// http://mirror.example/debian → http://mirror.example/debian-security
std::optional<std::string> security_sibling(std::string_view debian) {
    while (debian.ends_with('/')) debian.remove_suffix(1);
    if (!debian.ends_with("/debian")) return std::nullopt;
    return fmt::format("{}-security", debian);
}

// One place that may name mirrors.
struct Place {
    MirrorOrigin origin;
    std::string name;  // for messages
    Mirrors mirrors;
};

Result<std::optional<std::string>> mirror_at(const Place& place, const std::string& name) {
    if (auto found = place.mirrors.find(name); found != place.mirrors.end()) return found->second;
    auto debian = place.mirrors.find("debian");
    if (name != "debian-security" || debian == place.mirrors.end()) return std::nullopt;
    auto sibling = security_sibling(debian->second);
    if (!sibling)
        return fail(ErrorCode::usage,
                    fmt::format("{}: '{}' does not end with /debian, so the mirror of debian-security cannot be told "
                                "from it; name that one too",
                                place.name, net::printable_url(debian->second)));
    return sibling;
}

Result<std::optional<Source>> from_places(const std::vector<Place>& places, const std::string& name) {
    for (const auto& place : places) {
        auto url = TRY(mirror_at(place, name));
        if (!url) continue;
        Source out;
        out.url = *url;
        out.origin = place.origin;
        return out;
    }
    return std::nullopt;
}

// Is this source of the host one of Debian's or Ubuntu's own archive, and of which mirror of it? Third parties use
// the same suites' names, so a key of their own, or another path, tells them apart.
std::optional<std::string> mirror_of_source(const Source& source) {
    auto url = net::parse_url(source.url);
    if (!url || std::ranges::count(source.components, "main") == 0) return std::nullopt;
    bool security = source.suite.ends_with("-security") || source.suite.ends_with("/updates");
    auto is_key_of = [&](std::string_view archive) {
        return std::ranges::all_of(source.signed_by,
                                   [&](const auto& path) { return path.filename().string().starts_with(archive); });
    };
    auto path = std::string_view(url->path);
    if (path.contains("ubuntu") && is_key_of("ubuntu-"))
        return path.contains("ubuntu-ports") ? "ubuntu-ports" : "ubuntu";
    if (!path.contains("debian") && source.signed_by.empty()) return std::nullopt;
    if (!is_key_of("debian-archive")) return std::nullopt;
    return security ? "debian-security" : "debian";
}

std::optional<Source> from_host(const AptConfig& host, const std::string& name) {
    auto serves = [&](const Source& source) { return mirror_of_source(source) == name; };
    auto found = std::ranges::find_if(host.sources(), serves);
    if (found == host.sources().end()) {
        auto main = name == "debian-security" ? from_host(host, "debian") : std::nullopt;
        auto sibling = main ? security_sibling(main->url) : std::nullopt;
        if (!sibling) return std::nullopt;
        main->url = *sibling;
        return main;
    }
    Source out;
    out.url = found->url;
    out.origin = MirrorOrigin::host;
    out.proxy = host.proxy_for(found->url);
    out.check_valid_until = found->check_valid_until && host.find_bool("Acquire::Check-Valid-Until", true);
    out.check_date = found->check_date && host.find_bool("Acquire::Check-Date", true);
    return out;
}

std::string environment_name(std::string_view mirror) {
    std::string out = "PITH_MIRROR_";
    for (char c : mirror) out += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

std::unexpected<Error> no_mirror(std::string_view place, const std::string& name, const MirrorSettings& settings) {
    return fail(ErrorCode::not_found,
                fmt::format("{0}: no mirror of '{1}' is named, and none is built in; give --mirror {1}=URL, or set "
                            "'mirrors: {{{1}: URL}}' in the configuration or {2} in the environment, or have a source "
                            "of it in {3}",
                            place, name, environment_name(name), (settings.host_root / "etc/apt").string()));
}

Result<std::vector<Place>> places_of(const MirrorSettings& settings) {
    auto options = TRY(parse_options(settings.options));
    std::vector<Place> out;
    out.push_back({MirrorOrigin::option, "--mirror", std::move(options)});
    out.push_back({MirrorOrigin::configuration, "the configuration's mirrors", settings.configuration});
    out.push_back({MirrorOrigin::environment, "PITH_MIRROR_*", settings.environment});
    for (const auto& place : out)
        for (const auto& [name, url] : place.mirrors) TRY(check_mirror(name, url, place.name));
    return out;
}

}  // namespace

std::map<std::string, std::string> mirrors_of_environment() {
    Mirrors out;
    for (auto name : mirror_names) {
        const char* url = std::getenv(environment_name(name).c_str());
        if (url && *url) out.emplace(name, url);
    }
    return out;
}

Result<std::vector<Source>> resolve_short_name(const ShortName& name, const MirrorSettings& settings,
                                               std::span<const std::string> architectures, std::string_view place) {
    auto places = TRY(places_of(settings));
    std::optional<AptConfig> host;
    std::vector<Source> out;
    for (auto& part : parts_of(name, architectures)) {
        std::string mirror(part.mirror);
        auto source = TRY(from_places(places, mirror));
        if (!source) {
            if (!host) host = TRY(AptConfig::read(settings.host_root));
            source = from_host(*host, mirror);
        }
        if (!source) return no_mirror(place, mirror, settings);
        source->name = mirror;
        source->suite = fmt::format("{}{}", name.suite, part.suffix);
        source->components = {"main"};
        if (name.distribution == "ubuntu") source->components.emplace_back("universe");
        source->architectures = std::move(part.architectures);
        source->place = place;
        out.push_back(std::move(*source));
    }
    return out;
}

std::string_view to_text(MirrorOrigin origin) {
    switch (origin) {
        case MirrorOrigin::definition: return "the definition";
        case MirrorOrigin::option: return "--mirror";
        case MirrorOrigin::configuration: return "the configuration";
        case MirrorOrigin::environment: return "the environment";
        case MirrorOrigin::host: return "the host's APT sources";
    }
    return "";
}

}  // namespace pith::pkg::deb
