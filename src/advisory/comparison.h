// Two images' findings compared: which vulnerabilities went, which stayed, which came. Only what is open counts.
// Nothing is said to have gone that could not be looked up: a vulnerability of a package that the later image still
// has, but of which nothing is known there, is unclear.
//
// A vulnerability is one id, however many packages have it; a finding is a vulnerability in a package, known again by
// the package's type and name. Thread-safe.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "advisory/findings.h"

namespace pith::advisory {

enum class Fate : std::uint8_t { came, stayed, unclear, went };
[[nodiscard]] std::string_view to_text(Fate fate);

struct ComparedVulnerability {
    std::string id;
    Severity severity = Severity::unknown;  // the worst that either image's packages have
    Fate fate = Fate::stayed;
    std::vector<std::size_t> before, after;  // into the findings of either, in their order
};

// before = went + stayed + unclear; after = stayed + came.
struct Tally {
    std::size_t before = 0, after = 0, went = 0, stayed = 0, came = 0, unclear = 0;
    void count(Fate fate);
};

struct Comparison {
    std::vector<ComparedVulnerability> vulnerabilities;  // worst first, then by fate and id
    std::array<Tally, 6> by_severity;                    // of vulnerabilities, at their Severity
    Tally all, findings;                                 // vulnerabilities; findings
    bool known = false;  // something could be looked up on both sides; otherwise the counts say nothing
};

[[nodiscard]] Comparison compare(const Findings& before, const Findings& after);

// By how many percent it became less, what is unclear counted as still there; negative where it became more. Nothing
// where there was nothing before.
[[nodiscard]] std::optional<double> drop_of(const Tally& tally);

}  // namespace pith::advisory
