// The container engine as a program: podman, called with arguments and a time limit.
// Thread-safety: values; calls may run at the same time.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/subprocess.h"

namespace pith::runner {

struct Engine {
    // The program and its global options: {"podman", "--runtime", "runc"}.
    std::vector<std::string> command;

    // $PITH_PODMAN, split at white space ("podman --runtime runc"); else podman, with runc where it is
    // installed, for then it works without the cgroup delegation that crun wants.
    [[nodiscard]] static Engine from_environment();

    // The outcome of one call, whatever its exit code. not_found says how to get an engine; a call that takes
    // longer than `limit` is ended and says so in its outcome.
    [[nodiscard]] Result<Outcome> call(const std::vector<std::string>& arguments,
                                       std::chrono::milliseconds limit) const;
    // The same, where anything but exit code 0 within the time is an `io` error with what the engine said.
    [[nodiscard]] Result<Outcome> expect(const std::vector<std::string>& arguments,
                                         std::chrono::milliseconds limit) const;
};

// A name for a container or image that nothing else has: "pith-" and 16 hexadecimal digits.
[[nodiscard]] std::string unique_name();

}  // namespace pith::runner
