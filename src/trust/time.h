// Points in time and closed intervals of them, as trusted roots and key rings give them (RFC 3339), in UTC.
// Milliseconds: what is finer is cut off. Thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pith::trust {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// "2021-01-12T11:53:27Z", with any fraction of a second and any offset from UTC; or a date alone, "2021-01-12", which
// is its first moment. Years 0000 to 9999, no leap seconds. Errors: format.
[[nodiscard]] Result<Time> parse_time(std::string_view text);
// "2021-01-12T11:53:27Z"; a fraction only where there is one.
[[nodiscard]] std::string to_text(Time time);

// Both ends belong to it; an end that is missing is open.
struct Validity {
    std::optional<Time> from, until;
    [[nodiscard]] bool contains(Time time) const { return (!from || time >= *from) && (!until || time <= *until); }
};
// "from … until …", for messages.
[[nodiscard]] std::string to_text(const Validity& validity);

}  // namespace pith::trust
