#include "inventory/purl.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace pith::inventory {

namespace {

bool stays(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~").contains(c);
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

}  // namespace

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (char c : text) out += stays(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return out;
}

std::string deb_purl(const Package& package, const Distribution& distribution) {
    // Without a distribution it is not known whose package it is; Debian's is what the type stands for.
    auto id = distribution.id.empty() ? std::string("debian") : lower_case(distribution.id);
    auto out = fmt::format("pkg:deb/{}/{}@{}", percent_encoded(id), percent_encoded(package.name),
                           percent_encoded(package.version));
    char before = '?';
    auto qualifier = [&](std::string_view key, const std::string& value) {
        if (value.empty()) return;
        out += fmt::format("{}{}={}", before, key, percent_encoded(value));
        before = '&';
    };
    const auto& version = distribution.full_version.empty() ? distribution.version_id : distribution.full_version;
    bool other_version = package.source_version != package.version;
    qualifier("arch", package.architecture);
    if (!distribution.id.empty()) qualifier("distro", version.empty() ? id : id + "-" + version);
    if (other_version)
        qualifier("upstream", package.source + "@" + package.source_version);
    else if (package.source != package.name)
        qualifier("upstream", package.source);
    return out;
}

namespace {

using Qualifiers = std::vector<std::pair<std::string_view, std::string>>;

std::string encoded_path(std::string_view path) {
    std::string out;
    for (auto part : split(path, '/')) out += (out.empty() ? "" : "/") + percent_encoded(part);
    return out;
}

std::string assembled(std::string_view type, std::string_view space, std::string_view name, std::string_view version,
                      const Qualifiers& qualifiers) {
    auto out = fmt::format("pkg:{}/{}{}{}", type, encoded_path(space), space.empty() ? "" : "/", percent_encoded(name));
    if (!version.empty()) out += "@" + percent_encoded(version);
    char before = '?';
    for (const auto& [key, value] : qualifiers) {
        if (value.empty()) continue;
        out += fmt::format("{}{}={}", before, key, percent_encoded(value));
        before = '&';
    }
    return out;
}

std::string distro_of(const Distribution& distribution) {
    const auto& version = distribution.version_id;
    return version.empty() ? distribution.id : fmt::format("{}-{}", distribution.id, version);
}

std::string apk_purl(const Package& package, const Distribution& distribution) {
    auto space = distribution.id.empty() ? std::string("alpine") : lower_case(distribution.id);
    return assembled("apk", space, package.name, package.version,
                     {{"arch", package.architecture},
                      {"distro", distro_of(distribution)},
                      {"upstream", package.source == package.name ? "" : package.source}});
}

std::string rpm_purl(const Package& package, const Distribution& distribution) {
    auto space = lower_case(distribution.id);
    if (space == "rhel") space = "redhat";
    if (space.starts_with("opensuse")) space = "opensuse";
    auto colon = package.version.find(':');
    auto epoch = colon == package.version.npos ? std::string() : package.version.substr(0, colon);
    auto version = colon == package.version.npos ? package.version : package.version.substr(colon + 1);
    return assembled("rpm", space, package.name, version,
                     {{"arch", package.architecture},
                      {"distro", distro_of(distribution)},
                      {"epoch", epoch},
                      {"upstream", package.source_file}});
}

}  // namespace

std::string package_purl(const Package& package, const Distribution& distribution) {
    if (package.type == "deb") return deb_purl(package, distribution);
    if (package.type == "apk") return apk_purl(package, distribution);
    if (package.type == "rpm") return rpm_purl(package, distribution);
    std::string_view name = package.name, space;
    auto mark = name.rfind(package.type == "maven" ? ':' : '/');
    if (mark != name.npos && mark > 0) {
        space = name.substr(0, mark);
        name = name.substr(mark + 1);
    } else if (package.type == "maven") {
        space = name;
    }
    return assembled(package.type, space, name, package.version, {});
}

std::string index_purl(std::string_view name, const Digest& digest) {
    return fmt::format("pkg:oci/{}@{}", percent_encoded(lower_case(name)), percent_encoded(digest.text()));
}

std::string image_purl(std::string_view name, const Digest& digest, const oci::Platform& platform) {
    return fmt::format("{}?arch={}", index_purl(name, digest), percent_encoded(platform.architecture));
}

}  // namespace pith::inventory
