// The package model: one shape for .deb and .apk (and later .rpm), so that solving, composing and
// scanning never ask which world a package comes from. What differs between the worlds is the order
// of versions (pkg/version) and the meaning of a name; both hang on `Format`.
// Sources: Debian policy 5 and 7, deb-control(5), deb-version(7); apk-tools' APKINDEX (apk-index(5)).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace pith::pkg {

enum class Format : std::uint8_t { deb, apk };

enum class Comparison : std::uint8_t {
    any,            // no version asked for
    less,           // deb <<   apk <
    less_equal,     //     <=
    equal,          //     =
    greater_equal,  //     >=
    greater,        // deb >>   apk >
    fuzzy,          // ~ (apk; in deb only a request may ask for it)  a prefix of whole components
};

// "libc6 (>= 2.34)", "perl:any", "so:libz.so.1=1.3"
struct Relation {
    std::string name;
    Comparison comparison = Comparison::any;
    std::string version{};
    std::string architecture{};  // after ':' in deb ("any", "native", an architecture), else empty
    std::string pin{};           // after '@' in apk
    bool operator==(const Relation&) const = default;
};

// Any one of them satisfies the dependency; the order is the maintainer's preference.
using Alternatives = std::vector<Relation>;

struct Provide {
    std::string name;
    std::string version{};  // empty: provides no particular version
    bool operator==(const Provide&) const = default;
};

// deb: Priority. Lower is more important; apk has only `optional`.
enum class Priority : std::uint8_t { required, important, standard, optional, extra };
enum class MultiArch : std::uint8_t { no, same, foreign, allowed };

struct Package {
    Format format = Format::deb;
    std::string name, version, architecture;
    std::string source, source_version;  // deb: Source (name and version, always filled); apk: origin
    std::string maintainer, homepage, license;
    Priority priority = Priority::optional;
    MultiArch multi_arch = MultiArch::no;
    bool essential = false;

    std::vector<Alternatives> pre_depends, depends, recommends;
    std::vector<Relation> conflicts, breaks, replaces;
    std::vector<Provide> provides;
    std::vector<Relation> install_if;                  // apk
    int provider_priority = 0, replaces_priority = 0;  // apk

    // Where the package file is: `path` is relative to the repository's root.
    std::string path;
    std::uint64_t size = 0, installed_size = 0;  // bytes
    Digest sha256;                               // deb: of the file
    std::string apk_checksum;                    // apk: "Q1…", of the control member

    bool operator==(const Package&) const = default;
};

// "libc6 (>= 2.34)" as its own world writes it; alternatives joined by " | ".
[[nodiscard]] std::string to_text(const Relation& relation, Format format);
[[nodiscard]] std::string to_text(const Alternatives& alternatives, Format format);

// The order of two versions of one world: <0, 0, >0. Never fails: what is not a valid version is
// ordered by the same rules as far as they go.
[[nodiscard]] int compare_versions(Format format, std::string_view a, std::string_view b);
// Does `version` satisfy the relation's constraint?
[[nodiscard]] bool satisfies(Format format, std::string_view version, const Relation& relation);

}  // namespace pith::pkg
