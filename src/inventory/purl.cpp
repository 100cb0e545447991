#include "inventory/purl.h"

#include <fmt/format.h>

#include <algorithm>

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

std::string image_purl(std::string_view name, const Digest& digest, const oci::Platform& platform) {
    return fmt::format("pkg:oci/{}@{}?arch={}", percent_encoded(lower_case(name)), percent_encoded(digest.text()),
                       percent_encoded(platform.architecture));
}

}  // namespace pith::inventory
