#include "report/test_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pith::report {

namespace {

// What a command wrote, indented, without what a terminal would take for commands.
std::string indented(std::string_view text) {
    std::string out;
    for (auto line : split(trim(text), '\n'))
        if (!line.empty()) out += "    | " + printable(line, 500) + "\n";
    return out;
}

}  // namespace

std::string to_text(const runner::TestReport& report) {
    std::string out;
    std::size_t passed = 0;
    for (const auto& result : report.results) {
        out += fmt::format("{}  {}\n", result.passed() ? "ok    " : "failed", result.name);
        if (result.passed()) {
            ++passed;
            continue;
        }
        for (const auto& fault : result.faults) out += "  - " + fault + "\n";
        out += indented(result.out) + indented(result.err);
    }
    return out + fmt::format("{} of {} tests passed\n", passed, report.results.size());
}

std::string to_json(const runner::TestReport& report) {
    nlohmann::ordered_json list = nlohmann::json::array();
    for (const auto& result : report.results)
        list.push_back({{"name", result.name},
                        {"passed", result.passed()},
                        {"faults", result.faults},
                        {"stdout", result.out},
                        {"stderr", result.err}});
    nlohmann::ordered_json document = {{"passed", report.passed()}, {"results", list}};
    return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace pith::report
