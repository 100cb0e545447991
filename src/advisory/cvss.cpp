#include "advisory/cvss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "base/text.h"

namespace pith::advisory {

namespace {

struct Weight {
    std::string_view metric;
    double value;
};

constexpr auto weights_3 = std::to_array<Weight>(
    {{"AV:N", 0.85}, {"AV:A", 0.62}, {"AV:L", 0.55}, {"AV:P", 0.2},  {"AC:L", 0.77}, {"AC:H", 0.44}, {"UI:N", 0.85},
     {"UI:R", 0.62}, {"C:H", 0.56},  {"C:L", 0.22},  {"C:N", 0},     {"I:H", 0.56},  {"I:L", 0.22},  {"I:N", 0},
     {"A:H", 0.56},  {"A:L", 0.22},  {"A:N", 0},     {"PR:N", 0.85}, {"S:U", 0},     {"S:C", 1}});
// Privileges weigh differently where the scope changes.
constexpr auto privileges = std::to_array<std::array<double, 2>>({{0.62, 0.68}, {0.27, 0.5}});
constexpr auto weights_2 = std::to_array<Weight>({{"AV:L", 0.395},
                                                  {"AV:A", 0.646},
                                                  {"AV:N", 1},
                                                  {"AC:H", 0.35},
                                                  {"AC:M", 0.61},
                                                  {"AC:L", 0.71},
                                                  {"Au:M", 0.45},
                                                  {"Au:S", 0.56},
                                                  {"Au:N", 0.704},
                                                  {"C:N", 0},
                                                  {"C:P", 0.275},
                                                  {"C:C", 0.66},
                                                  {"I:N", 0},
                                                  {"I:P", 0.275},
                                                  {"I:C", 0.66},
                                                  {"A:N", 0},
                                                  {"A:P", 0.275},
                                                  {"A:C", 0.66}});

// The metrics of a vector; NaN for one that is missing or unknown, which spoils all that is computed from it.
class Vector {
public:
    Vector(std::string_view text, std::span<const Weight> weights) : m_parts(split(text, '/')), m_weights(weights) {}

    [[nodiscard]] std::string_view value(std::string_view metric) const {
        for (auto part : m_parts)
            if (part.starts_with(metric) && part.substr(metric.size()).starts_with(':'))
                return part.substr(metric.size() + 1);
        return {};
    }
    [[nodiscard]] double operator[](std::string_view metric) const {
        auto wanted = std::string(metric) + ":" + std::string(value(metric));
        auto found = std::ranges::find(m_weights, wanted, &Weight::metric);
        return found == m_weights.end() ? std::nan("") : found->value;
    }

private:
    std::vector<std::string_view> m_parts;
    std::span<const Weight> m_weights;
};

// Appendix A: the smallest number with one decimal that is not less, without errors of floating point.
std::uint8_t round_up(double score) {
    auto whole = static_cast<long>(std::round(score * 100'000));
    return static_cast<std::uint8_t>(whole % 10'000 == 0 ? whole / 10'000 : whole / 10'000 + 1);
}

std::optional<std::uint8_t> score_3(const Vector& v) {
    bool changed = v["S"] == 1;
    auto pr = v.value("PR");
    double privilege = pr == "N"   ? 0.85
                       : pr == "L" ? privileges[0][changed]
                       : pr == "H" ? privileges[1][changed]
                                   : std::nan("");
    double base = 1 - (1 - v["C"]) * (1 - v["I"]) * (1 - v["A"]);
    double impact = changed ? 7.52 * (base - 0.029) - 3.25 * std::pow(base - 0.02, 15) : 6.42 * base;
    double exploitability = 8.22 * v["AV"] * v["AC"] * privilege * v["UI"];
    double sum = impact + exploitability;
    if (std::isnan(sum) || std::isnan(v["S"])) return std::nullopt;
    return impact <= 0 ? 0 : round_up(std::min(changed ? 1.08 * sum : sum, 10.0));
}

std::optional<std::uint8_t> score_2(const Vector& v) {
    double impact = 10.41 * (1 - (1 - v["C"]) * (1 - v["I"]) * (1 - v["A"]));
    double exploitability = 20 * v["AV"] * v["AC"] * v["Au"];
    double score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176);
    if (std::isnan(score)) return std::nullopt;
    return static_cast<std::uint8_t>(std::round(std::clamp(score, 0.0, 10.0) * 10));
}

}  // namespace

std::optional<std::uint8_t> cvss_score(std::string_view vector) {
    if (vector.size() > 512) return std::nullopt;
    if (vector.starts_with("CVSS:3.")) return score_3({vector, weights_3});
    if (vector.starts_with("AV:")) return score_2({vector, weights_2});
    return std::nullopt;
}

std::uint8_t tenths(double score) {
    return score > 0 && score <= 10 ? static_cast<std::uint8_t>(std::round(score * 10)) : 0;
}

Severity severity_of_score(std::uint8_t tenths) {
    if (tenths == 0) return Severity::unknown;
    return tenths < 40   ? Severity::low
           : tenths < 70 ? Severity::medium
           : tenths < 90 ? Severity::high
                         : Severity::critical;
}

}  // namespace pith::advisory
