// From OSV's events to ranges (ossf.github.io/osv-schema, "affected[].ranges[].events field" and "Evaluation").
// Thread-safety: functions without state.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "advisory/model.h"

namespace pith::advisory::feeds {

struct Event {
    enum class Kind { introduced, fixed, last_affected } kind;
    std::string_view version;
};

[[nodiscard]] std::optional<Event::Kind> event_kind(std::string_view word);  // nothing for "limit"

// Appends what the events, in any order, say about the versions of a stream. False if some of them say something that
// cannot be: an end without a beginning, or before it, or that is no version; what is sound is appended all the same.
[[nodiscard]] bool append_ranges(std::span<const Event> events, std::string_view stream, std::vector<Range>& out);

}  // namespace pith::advisory::feeds
