// How the versions of a stream are ordered. Thread-safety: functions without state.
#pragma once

#include <string_view>

namespace pith::advisory {

using VersionOrder = int (*)(std::string_view a, std::string_view b);

// By what stands before the stream's ':'; null for a stream whose versions nobody here can order.
[[nodiscard]] VersionOrder order_of(std::string_view stream);

}  // namespace pith::advisory
