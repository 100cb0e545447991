#include "advisory/feeds/osv_ranges.h"

#include <algorithm>

#include "advisory/order.h"

namespace pith::advisory::feeds {

std::optional<Event::Kind> event_kind(std::string_view word) {
    if (word == "introduced") return Event::Kind::introduced;
    if (word == "fixed") return Event::Kind::fixed;
    if (word == "last_affected") return Event::Kind::last_affected;
    return std::nullopt;
}

bool append_ranges(std::span<const Event> events, std::string_view stream, std::vector<Range>& out) {
    auto compare = order_of(stream);
    if (!compare) return false;
    auto before = [&](const Event& a, const Event& b) {
        // "0" is before every version, whatever the order makes of it.
        bool a_first = a.version == "0", b_first = b.version == "0";
        return a_first != b_first ? a_first : !a_first && compare(a.version, b.version) < 0;
    };
    std::vector<Event> sorted(events.begin(), events.end());
    std::ranges::stable_sort(sorted, before);
    bool sound = true, open = false;
    for (const auto& event : sorted) {
        if (!is_version(stream, event.version)) {
            sound = false;
        } else if (event.kind == Event::Kind::introduced) {
            if (!open) out.push_back({event.version == "0" ? std::string_view() : event.version, {}, {}});
            open = true;
        } else if (!open) {
            sound = false;
        } else {
            (event.kind == Event::Kind::fixed ? out.back().fixed : out.back().last_affected) = event.version;
            open = false;
        }
    }
    return sound;
}

}  // namespace pith::advisory::feeds
