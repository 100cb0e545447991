// Release files: what an archive's suite consists of, and whether that is still true today.
// Sources: the Debian wiki's RepositoryFormat ("Release" files), deb822(5).
// Limits: those of a stanza (deb822.h), 100,000 files. Errors (format, limit, integrity) read "NAME: …". Thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "pkg/deb/openpgp.h"

namespace pith::pkg::deb {

struct ReleaseFile {
    std::string path;  // relative to the Release file; never absolute, never with ".."
    Digest sha256;
    std::uint64_t size = 0;
};

struct Release {
    std::string origin, label, suite, codename;
    std::vector<std::string> architectures, components;
    Time date{};
    std::optional<Time> valid_until;
    bool by_hash = false;            // Acquire-By-Hash
    bool all_in_native = true;       // are the packages of architecture "all" in the index of each other one?
    std::vector<ReleaseFile> files;  // of the SHA256 list, sorted by path

    [[nodiscard]] const ReleaseFile* find(std::string_view path) const;
};

[[nodiscard]] Result<Release> parse_release(std::string_view text, std::string_view name);

// What the checks hold a Release to.
struct ReleaseChecks {
    std::string suite;  // that was asked for
    Time now{};
    bool valid_until = true, date = true;
};
// Errors (integrity): another suite or codename than was asked for, a Date in the future, Valid-Until over.
[[nodiscard]] Result<> check_release(const Release& release, std::string_view name, const ReleaseChecks& checks);

// "Sat, 08 Feb 2025 10:12:33 UTC" (also GMT, +0000): the date of RFC 9110 and RFC 5322.
[[nodiscard]] std::optional<Time> parse_date(std::string_view text);
[[nodiscard]] std::string to_rfc3339(Time time);

}  // namespace pith::pkg::deb
