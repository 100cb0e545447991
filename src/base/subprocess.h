// Runs another program (a container engine) without a shell, with a time limit.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pith {

struct Outcome {
    int exit_code = 0;  // 128 + N when ended by signal N
    bool timed_out = false;
    std::string out, err;  // at most 1 MiB of each is kept
};

// `argv[0]` is looked up in PATH. Standard input is `input`, of at most 4 KiB (a larger one is a `limit` error). When
// the time is over the program gets SIGTERM and, five seconds later, SIGKILL. not_found if there is no such program.
[[nodiscard]] Result<Outcome> run(const std::vector<std::string>& argv, std::chrono::milliseconds limit,
                                  std::string_view input = {});

}  // namespace pith
