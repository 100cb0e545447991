// Names of signals, as stop-signal takes them: "SIGTERM", "TERM", a number, "SIGRTMIN+3". Source: OCI image-spec,
// config.md, StopSignal; signal(7).
#pragma once

#include <string>
#include <string_view>

namespace pith::compose {

constexpr unsigned most_signal = 64;

[[nodiscard]] bool is_signal(std::string_view text);
// A regular expression for the same.
[[nodiscard]] std::string signal_pattern();

}  // namespace pith::compose
