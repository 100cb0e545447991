// From a short name ("debian:trixie") to real sources: which mirror serves main, updates and security of a suite.
//
// The mirror is the one that the option --mirror, the configuration, the environment or the host's own APT sources
// name, in that order; none is built in. Where it is the host's, the host's APT settings for proxies,
// Check-Valid-Until and Check-Date hold too (Source::origin says so); everywhere else the strict defaults do.
// At each of these places "debian" serves debian-security as well, at its sibling path, unless that is named there.
// Ubuntu has amd64 and i386 on one archive ("ubuntu") and every other architecture on another ("ubuntu-ports"); each
// is needed only where one of its architectures is asked for, and neither is guessed from the other.
// Reads the host's files only when they are needed. Thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "pkg/deb/sources.h"

namespace pith::pkg::deb {

struct MirrorSettings {
    std::vector<std::string> options{};  // --mirror [NAME=]URL; without a name it is debian
    std::map<std::string, std::string>
        configuration{};                               // by name: "debian", "debian-security", "ubuntu", "ubuntu-ports"
    std::map<std::string, std::string> environment{};  // by name; mirrors_of_environment()
    std::filesystem::path host_root = "/";             // below it: etc/apt
};

// PITH_MIRROR_DEBIAN, PITH_MIRROR_DEBIAN_SECURITY, PITH_MIRROR_UBUNTU, PITH_MIRROR_UBUNTU_PORTS.
[[nodiscard]] std::map<std::string, std::string> mirrors_of_environment();

// The suite's sources for these architectures (Debian's names), main first. `place` is where the short name is written.
// Errors: usage (an option that is no mirror), not_found (no mirror is named anywhere; says how to name one).
[[nodiscard]] Result<std::vector<Source>> resolve_short_name(const ShortName& name, const MirrorSettings& settings,
                                                             std::span<const std::string> architectures,
                                                             std::string_view place);

// "the host's APT sources", "--mirror": for the summary.
[[nodiscard]] std::string_view to_text(MirrorOrigin origin);

}  // namespace pith::pkg::deb
