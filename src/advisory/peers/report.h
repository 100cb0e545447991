// What a scanner found in an image, whichever scanner: pith's own JSON (docs/scan.md), Grype's (its json presenter,
// since 0.60) and Trivy's (SchemaVersion 2), recognised by content.
//
// A finding stands once for a package, version and vulnerability; what says the same again, and what names no package
// or vulnerability, is counted. Limits: 512 MiB, 1,000,000 findings and as many packages. Errors: format, limit,
// unsupported. Thread-safety: a function without state.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "advisory/model.h"
#include "base/result.h"

namespace pith::advisory {

struct ReportedPackage {
    std::string type, name;              // as in its package URL
    std::string version;                 // as the scanner writes it
    std::string source, source_version;  // empty: not said
    std::string unknown;                 // of ours: why nothing is known of it
};

struct ReportedFinding {
    std::string id;
    std::vector<std::string> aliases;  // sorted
    std::size_t package = 0;           // into Report::packages
    Severity severity = Severity::unknown;
    std::string state;          // the scanner's word
    std::vector<State> states;  // those of ours that it may stand for
    std::string fixed;
    std::string hidden;  // why it does not count: suppressed, not affected; empty: it does
};

struct Report {
    std::string tool, image, distribution;  // "grype 0.121.2"; of ours "debian:12"
    std::string database;                   // of ours: its identity
    bool has_negligible = true;             // Trivy calls "low" what others call "negligible"
    bool whole = false;                     // `packages` are all of the image, not only those with findings
    std::vector<ReportedPackage> packages;
    std::vector<ReportedFinding> findings;
    std::map<std::string, std::uint64_t> skipped;
};

[[nodiscard]] Result<Report> read_report(std::string_view text);

}  // namespace pith::advisory
