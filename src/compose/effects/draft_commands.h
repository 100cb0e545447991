// The commands of maintainer scripts that a draft can read without a shell (compose/effects/draft.h). Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pith::compose {

// The actions that a command stands for, as YAML that the reader of effects/ takes; empty if it does nothing to an
// image. Nothing where the command, or any word of it, is not understood.
[[nodiscard]] std::optional<std::vector<std::string>> read_command(std::string_view line);

}  // namespace pith::compose
