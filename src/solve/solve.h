// Request → Solution: which packages an image needs, and why each of them.
//
// The answer is apt's (docs/solving.md has the rules and the known differences): the first alternative
// that can be had, a real package before a provider, then Priority, then the one that adds least, then
// name; Recommends are not followed. libsolv is the judge: it confirms the set, finds another where the
// first choice does not work out, and explains when there is none.
// Deterministic: the same universe and request give the same solution. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "pkg/universe.h"

namespace pith::solve {

// A dependency knowingly left out (`contents.without`). With `of`, only as a dependency of those packages: where
// another one needs it, or it is asked for, it is in.
struct Exclusion {
    std::string package, reason;
    std::vector<std::string> of{};
};

// A package that only maintainer scripts use, so nothing at run time needs it (solve/install_time.yaml).
// With `of`, only as a dependency of those packages ("openssl" of "ca-certificates").
struct InstallTimePackage {
    std::string package, reason;
    std::vector<std::string> of;
};

struct Request {
    pkg::Format format = pkg::Format::deb;
    std::string architecture;                // deb or apk name of the image's architecture
    std::vector<pkg::Alternatives> install;  // contents.packages; of each, the first that can be had
    std::vector<pkg::Relation> conflicts;    // contents.packages, "!name"
    std::vector<Exclusion> without;
    std::vector<InstallTimePackage> install_time;  // empty with `install-time: keep`
    std::vector<std::string> places;               // for messages: where install[i] was asked for ("nginx.yaml:7")
};

// Why a package is in: asked for (`by` empty) or a dependency of another one.
struct Reason {
    std::string by;        // name of the package that depends on it
    std::string relation;  // "libssl3 (>= 3.0.0)", as written
    bool operator==(const Reason&) const = default;
};

struct Chosen {
    pkg::PackageId id;
    pkg::Package package;
    std::vector<Reason> reasons;  // asked-for first, then by name
};

struct LeftOut {
    enum class Why { without, install_time } why = Why::without;
    std::string package;  // the name it would have been
    std::string reason;
    std::vector<std::string> needed_by;  // names, sorted; none for a `without` that nothing needs
};

struct Solution {
    std::vector<Chosen> packages;   // sorted by name
    std::vector<LeftOut> left_out;  // sorted by name
};

// Errors: not_found (an unknown name, with the nearest ones), conflict (explained in words a person can act on).
[[nodiscard]] Result<Solution> solve(const pkg::Universe& universe, const Request& request);

// The packages that only maintainer scripts use, from the data file compiled in.
[[nodiscard]] const std::vector<InstallTimePackage>& install_time_packages();

// The chains that keep a package: each goes from a package that was asked for, over dependencies, to
// `package`; shortest first, then by name; at most `most`. Empty if the package is not in the solution.
struct Link {
    std::string package;
    std::string relation;  // how the one before it asks for it; empty for the first
};
[[nodiscard]] std::vector<std::vector<Link>> why(const Solution& solution, std::string_view package,
                                                 std::size_t most = 20);

}  // namespace pith::solve
