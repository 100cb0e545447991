#include "advisory/findings.h"

#include <algorithm>
#include <tuple>

namespace pith::advisory {

namespace {

// Where there is no score: the middle of the severity's span.
constexpr std::array<double, 6> middles = {0.5, 0.05, 0.2, 0.55, 0.8, 0.95};

auto rank(const Finding& finding) {
    const auto& rating = finding.rating;
    return std::tuple(rating.exploited_since.empty(), -risk_of(rating), -static_cast<int>(rating.severity),
                      -rating.score);
}

}  // namespace

double risk_of(const Rating& rating) {
    double severity = rating.score ? rating.score / 100.0 : middles[static_cast<std::size_t>(rating.severity)];
    double exploited = rating.exploited_since.empty() ? 1 : rating.ransomware ? 1.1 : 1.05;
    return rating.epss / 1000.0 * severity * exploited;
}

std::string_view to_text(Verdict verdict) {
    constexpr std::array<std::string_view, 3> names = {"clean", "affected", "unknown"};
    return names[static_cast<std::size_t>(verdict)];
}

void settle(Findings& findings) {
    std::ranges::sort(findings.findings, [](const Finding& a, const Finding& b) {
        auto first = rank(a), second = rank(b);
        return std::tie(first, a.id, a.package, a.evidence) < std::tie(second, b.id, b.package, b.evidence);
    });
    for (auto& package : findings.packages)
        if (package.verdict == Verdict::affected) package.verdict = Verdict::clean;
    bool affected = false;
    for (const auto& finding : findings.findings) {
        if (!finding.open()) continue;
        affected = true;
        findings.packages[finding.package].verdict = Verdict::affected;
    }
    findings.verdict = !findings.gaps.empty() ? Verdict::unknown : affected ? Verdict::affected : Verdict::clean;
}

std::array<std::size_t, 6> count_by_severity(const Findings& findings) {
    std::array<std::size_t, 6> out{};
    for (const auto& finding : findings.findings)
        if (finding.open()) ++out[static_cast<std::size_t>(finding.rating.severity)];
    return out;
}

}  // namespace pith::advisory
