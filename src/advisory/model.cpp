#include "advisory/model.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace pith::advisory {

namespace {

constexpr auto severity_names =
    std::to_array<std::string_view>({"unknown", "negligible", "low", "medium", "high", "critical"});
constexpr auto state_names = std::to_array<std::string_view>(
    {"affected", "fix available", "won't fix", "deferred", "under investigation", "not affected"});

// The words of Red Hat, GitHub, Ubuntu and Debian beside those of CVSS.
constexpr auto other_words =
    std::to_array<std::pair<std::string_view, Severity>>({{"none", Severity::negligible},
                                                          {"unimportant", Severity::negligible},
                                                          {"moderate", Severity::medium},
                                                          {"important", Severity::high}});

}  // namespace

std::string_view to_text(Severity severity) { return severity_names[static_cast<std::size_t>(severity)]; }
std::string_view to_text(State state) { return state_names[static_cast<std::size_t>(state)]; }

Severity severity_of(std::string_view word) {
    std::string lower(word);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    for (std::size_t i = 0; i < severity_names.size(); ++i)
        if (lower == severity_names[i]) return static_cast<Severity>(i);
    for (const auto& [name, severity] : other_words)
        if (lower == name) return severity;
    return Severity::unknown;
}

}  // namespace pith::advisory
