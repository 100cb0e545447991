#include "compose/definition/signals.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace pith::compose {

namespace {

constexpr auto names = std::to_array<std::string_view>(
    {"HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1",  "SEGV",
     "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN",  "TTOU",
     "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "IO",   "PWR",  "SYS",  "RTMIN", "RTMAX"});

}  // namespace

bool is_signal(std::string_view text) {
    if (auto number = parse_number(text)) return *number >= 1 && *number <= most_signal;
    if (text.starts_with("SIG")) text.remove_prefix(3);
    if (text.starts_with("RTMIN+") || text.starts_with("RTMAX-")) {
        auto distance = parse_number(text.substr(6));
        return distance && *distance <= 30;
    }
    return std::ranges::find(names, text) != names.end();
}

std::string signal_pattern() {
    return fmt::format("^(0*([1-9]|[1-5][0-9]|6[0-4])|(SIG)?({}|RTMIN\\+0*([12]?[0-9]|30)|RTMAX-0*([12]?[0-9]|30)))$",
                       fmt::join(names, "|"));
}

}  // namespace pith::compose
