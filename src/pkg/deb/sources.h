// Where packages come from, as people write it: one-line sources ("deb [options] URL SUITE COMPONENT…"), deb822
// stanzas (.sources), and pith's short names ("debian:trixie").
// Sources: sources.list(5). Errors (usage, unsupported) read "PLACE: …". Thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pith::pkg::deb {

// What named the mirror of a source; the summary tells it.
enum class MirrorOrigin { definition, option, configuration, environment, host };

// One suite of one archive.
struct Source {
    std::string url;    // of the archive; "dists" and "pool" are below it
    std::string suite;  // "trixie"; a flat repository's path ends with '/'
    std::vector<std::string> components;
    std::vector<std::string> architectures;        // empty: all that are asked for
    std::vector<std::filesystem::path> signed_by;  // keyrings; with no key here either, the caller's keyrings hold
    std::string signed_by_key;                     // a key block in the source itself
    bool trusted = false;                          // no signature is needed
    bool check_valid_until = true, check_date = true;
    bool by_hash = true;  // where the archive offers it
    std::string name;     // "debian", "debian-security"; empty: made from the Release file
    MirrorOrigin origin = MirrorOrigin::definition;
    std::optional<std::string> proxy;  // see net::Request
    std::string place;                 // where it is written: "nginx.yaml:7"
    unsigned entry = 0;                // which of the definition's repositories it comes from, counted from 0
    bool operator==(const Source&) const = default;
};

// One "deb …" line of a definition. Anything that would be left unheeded is an error.
[[nodiscard]] Result<Source> parse_source_line(std::string_view line, std::string_view place);

// The `deb` sources of the host's files, disabled ones left out; options unknown to pith are not looked at.
[[nodiscard]] Result<std::vector<Source>> read_sources_list(std::string_view text, std::string_view name);
[[nodiscard]] Result<std::vector<Source>> read_sources_stanzas(std::string_view text, std::string_view name);

// "debian:trixie", "ubuntu:noble": main, updates and security of a suite, on a mirror yet to be found.
struct ShortName {
    std::string distribution, suite;
    bool operator==(const ShortName&) const = default;
};
// Nothing if it is another kind of source; an error if it begins like a short name and is none.
[[nodiscard]] Result<std::optional<ShortName>> parse_short_name(std::string_view text, std::string_view place);

// The words that apt takes for yes and no.
[[nodiscard]] std::optional<bool> parse_yes_no(std::string_view text);

}  // namespace pith::pkg::deb
