// Two reports on one image, finding by finding: where they agree, and of what kind each disagreement is.
//
// A finding of one is the same as a finding of the other where the package (type, name, version) and one of the
// vulnerability's names are. What is left is paired by package without the version, then by the source of the package
// or its name alone. Each pair has one kind: the first of name, version, state, severity that applies; what has no
// partner is explained by what the other report says of the package, and by our advisories where they are at hand.
// Everything is in a fixed order: by package, then id. Thread-safety: functions without state.
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "advisory/database.h"
#include "advisory/peers/report.h"

namespace pith::advisory {

enum class Disagreement : std::uint8_t { name, version, state, severity, unknown_to_ours, unknown_to_theirs };
constexpr std::size_t disagreements = 6;
[[nodiscard]] std::string_view to_text(Disagreement kind);  // "no facts at ours"

struct Pair {
    const ReportedFinding* ours = nullptr;    // null: only theirs has it
    const ReportedFinding* theirs = nullptr;  // the same
    std::optional<Disagreement> kind;         // nothing: they agree
    std::string detail;
};

// What is known to us of a vulnerability in a package that we do not report, "fixed in 1.2-3"; empty: nothing.
using Explain = std::function<Result<std::string>(const ReportedPackage& package, const ReportedFinding& finding)>;
// By the advisories that made a report of ours, of its distribution.
[[nodiscard]] Explain explain_with(Database& database, std::string distribution);

struct Agreement {
    std::vector<Pair> pairs;
    std::size_t both = 0, agreed = 0;  // findings that both have; that are alike in everything
    std::array<std::size_t, disagreements> kinds{};
};

// Pairs point into the reports. Errors: those of `explain`.
[[nodiscard]] Result<Agreement> compare(const Report& ours, const Report& theirs, const Explain& explain);

}  // namespace pith::advisory
