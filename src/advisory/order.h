// How the versions of a stream are ordered. Thread-safety: functions without state.
#pragma once

#include <string_view>

namespace pith::advisory {

using VersionOrder = int (*)(std::string_view a, std::string_view b);

// By what stands before the stream's ':'; null for a stream whose versions nobody here can order.
[[nodiscard]] VersionOrder order_of(std::string_view stream);

// Whether there is sense in ordering the text among the stream's versions. Orders take any text; of one that is no
// version the place says nothing. Debian's versions have their grammar, Alpine's begin with a digit, others have one.
[[nodiscard]] bool is_version(std::string_view stream, std::string_view text);

}  // namespace pith::advisory
