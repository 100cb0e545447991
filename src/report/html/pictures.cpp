#include "report/html/pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "report/findings_report.h"

namespace pith::report {

namespace {

std::string rectangle(std::string_view kind, std::size_t from, std::size_t width) {
    return fmt::format("<rect class=\"{}\" x=\"{}\" width=\"{}\" height=\"1\"/>", kind, from, width);
}

std::string picture(std::string_view label, std::size_t most, std::string_view inside) {
    return fmt::format(
        "<svg class=\"bar\" viewBox=\"0 0 {} 1\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">{}</svg>",
        std::max<std::size_t>(most, 1), label, inside);
}

}  // namespace

std::size_t sum_of(const BySeverity& counts) { return std::accumulate(counts.begin(), counts.end(), std::size_t{0}); }

std::string bar(const BySeverity& counts, std::size_t most) {
    std::string inside;
    std::vector<std::string> label;
    std::size_t at = 0;
    for (auto severity : all_severities) {
        auto count = counts[static_cast<std::size_t>(severity)];
        if (count == 0) continue;
        inside += rectangle(to_text(severity), at, count);
        label.push_back(fmt::format("{} {}", count, to_text(severity)));
        at += count;
    }
    return picture(label.empty() ? "none" : join(label, ", "), most, inside);
}

std::string plain_bar(std::size_t count, std::size_t most) {
    return picture(fmt::format("{}", count), most, rectangle("plain", 0, count));
}

std::string swatch(advisory::Severity severity) {
    return fmt::format("<svg viewBox=\"0 0 1 1\" aria-hidden=\"true\">{}</svg>", rectangle(to_text(severity), 0, 1));
}

}  // namespace pith::report
