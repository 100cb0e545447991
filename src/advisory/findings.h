// What is known to be wrong with an image: findings with their evidence, gaps in what could be known, and the verdict.
// Everything is in a fixed order: findings by risk, packages as in the inventory, gaps as they were looked for.
// Thread-safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "advisory/model.h"

namespace pith::advisory {

// What was looked for, what was found, and who says that it matters.
struct Evidence {
    std::string stream, searched;  // "debian:12", "openssl"
    std::string found;             // the version that was compared
    std::string constraint;        // that it meets: ">= 1.0, < 1.2-3"; "every version"
    std::string feed, date;
    std::string path;  // the database or file in the image that names the package
    auto operator<=>(const Evidence&) const = default;
};

struct Rating {
    Severity severity = Severity::unknown;
    std::string source;                      // "debian", "nvd"
    std::uint8_t score = 0;                  // ten times CVSS's
    std::uint32_t epss = 0, percentile = 0;  // in 1/100,000
    std::string exploited_since;
    bool ransomware = false;
    std::string summary;
};

struct Finding {
    std::string id;                    // a CVE's where it has one
    std::vector<std::string> aliases;  // sorted
    std::size_t package = 0;           // into Findings::packages
    State state = State::affected;
    std::string reason, fixed;
    Rating rating;
    Evidence evidence;
    std::string suppressed;  // by what, and why; empty: it counts

    // What counts for the verdict.
    [[nodiscard]] bool open() const { return state != State::not_affected && suppressed.empty(); }
};

// EPSS times severity times 1.05 for a vulnerability that is known to be exploited, 1.1 for one used in ransomware
// campaigns; from 0 to 110. 0 where EPSS is not known.
[[nodiscard]] double risk_of(const Rating& rating);

enum class Verdict : std::uint8_t { clean, affected, unknown };
[[nodiscard]] std::string_view to_text(Verdict verdict);

struct ScannedPackage {
    std::string type, name, version, architecture, source, source_version, purl, path;
    Verdict verdict = Verdict::clean;
    std::string reason;  // of unknown
};

// What could not be known, and of how many packages; 0: of the whole image.
struct Gap {
    std::string reason;
    std::size_t packages = 0;
};

struct Findings {
    std::string image, digest, distribution;  // "debian:12"; empty: none
    std::string as_of;                        // the day that ages and ends are counted from
    std::string database;                     // identity
    std::vector<Feed> feeds;
    std::vector<ScannedPackage> packages;
    std::vector<Finding> findings;  // known exploited first, then by risk, severity, score, id, package
    std::vector<Gap> gaps;
    std::size_t not_affected = 0;  // answers "not affected", in `findings` only where they were asked for
    Verdict verdict = Verdict::clean;
};

// The order of findings above, and the verdicts that follow from findings and gaps; after each change of them.
void settle(Findings& findings);

// Open findings by severity.
[[nodiscard]] std::array<std::size_t, 6> count_by_severity(const Findings& findings);

}  // namespace pith::advisory
