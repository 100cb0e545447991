// The exit codes of pith, for every command.
#pragma once

#include "base/result.h"

namespace pith::cli {

constexpr int exit_done = 0, exit_failed = 1, exit_usage = 2;
constexpr int exit_not_verified = 12;                 // a signature
constexpr int exit_findings = 10, exit_unknown = 11;  // of scans: at or over the threshold; nothing can be said

[[nodiscard]] constexpr int exit_code(ErrorCode code) { return code == ErrorCode::usage ? exit_usage : exit_failed; }

}  // namespace pith::cli
