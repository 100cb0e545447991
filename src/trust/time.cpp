#include "trust/time.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace pith::trust {

namespace {

using namespace std::chrono;

// Takes fixed parts off the front of a text.
struct Scanner {
    std::string_view rest;

    std::optional<int> number(std::size_t digits) {
        if (rest.size() < digits ||
            !std::ranges::all_of(rest.substr(0, digits), [](char c) { return c >= '0' && c <= '9'; }))
            return std::nullopt;
        auto value = parse_number(rest.substr(0, digits));
        rest.remove_prefix(digits);
        return static_cast<int>(*value);
    }
    bool mark(std::string_view any_of) {
        if (rest.empty() || any_of.find(rest[0]) == std::string_view::npos) return false;
        rest.remove_prefix(1);
        return true;
    }
};

std::optional<sys_days> scan_date(Scanner& scan) {
    auto y = scan.number(4);
    if (!y || !scan.mark("-")) return std::nullopt;
    auto m = scan.number(2);
    if (!m || !scan.mark("-")) return std::nullopt;
    auto d = scan.number(2);
    if (!d) return std::nullopt;
    auto date = year(*y) / month(static_cast<unsigned>(*m)) / day(static_cast<unsigned>(*d));
    return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

std::optional<milliseconds> scan_clock(Scanner& scan) {
    auto h = scan.number(2);
    if (!h || *h > 23 || !scan.mark(":")) return std::nullopt;
    auto m = scan.number(2);
    if (!m || *m > 59 || !scan.mark(":")) return std::nullopt;
    auto s = scan.number(2);
    if (!s || *s > 59) return std::nullopt;
    milliseconds fraction{};
    if (scan.mark(".")) {
        int scale = 100;
        auto digit = scan.number(1);
        if (!digit) return std::nullopt;
        for (; digit; digit = scan.number(1), scale /= 10) fraction += milliseconds(*digit * scale);
    }
    return hours(*h) + minutes(*m) + seconds(*s) + fraction;
}

std::optional<minutes> scan_offset(Scanner& scan) {
    if (scan.mark("Zz")) return minutes(0);
    bool behind = scan.rest.starts_with('-');
    if (!scan.mark("+-")) return std::nullopt;
    auto h = scan.number(2);
    if (!h || *h > 23 || !scan.mark(":")) return std::nullopt;
    auto m = scan.number(2);
    if (!m || *m > 59) return std::nullopt;
    auto offset = hours(*h) + minutes(*m);
    return behind ? -offset : offset;
}

std::optional<Time> scan_time(std::string_view text) {
    Scanner scan{text};
    auto date = scan_date(scan);
    if (!date) return std::nullopt;
    if (scan.rest.empty()) return Time(*date);
    if (!scan.mark("Tt")) return std::nullopt;
    auto clock = scan_clock(scan);
    if (!clock) return std::nullopt;
    auto offset = scan_offset(scan);
    if (!offset || !scan.rest.empty()) return std::nullopt;
    return Time(*date) + *clock - *offset;
}

}  // namespace

Result<Time> parse_time(std::string_view text) {
    auto time = scan_time(text);
    if (!time)
        return fail(ErrorCode::format, fmt::format("'{}' is not a time such as 2026-01-31T12:00:00Z or a date such as "
                                                   "2026-01-31",
                                                   printable(text, 60)));
    return *time;
}

std::string to_text(Time time) {
    auto days_part = floor<days>(time);
    year_month_day date(days_part);
    hh_mm_ss clock(time - days_part);
    auto fraction = clock.subseconds().count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(),
                       fraction == 0 ? "" : fmt::format(".{:03}", fraction));
}

std::string to_text(const Validity& validity) {
    if (!validity.from && !validity.until) return "always";
    std::string out;
    if (validity.from) out += "from " + to_text(*validity.from);
    if (validity.until) out += (out.empty() ? "until " : " until ") + to_text(*validity.until);
    return out;
}

}  // namespace pith::trust
