// An HTTP request to a service that listens inside a container without a network: the question is asked from
// within the container's own network namespace.
#pragma once

#include <chrono>
#include <string>

#include <sys/types.h>

#include "base/result.h"

namespace pith::runner {

struct HttpAnswer {
    int status = 0;
    std::string body;  // at most 256 KiB of it
};

// GET http://127.0.0.1:PORT/PATH (HTTP/1.0, RFC 1945) in the network namespace of `process`. Errors: network (nobody
// listens, no answer in time, not HTTP), unsupported (the namespace cannot be entered: that needs root, or the
// container to be one's own). Thread-safe.
[[nodiscard]] Result<HttpAnswer> http_get(pid_t process, int port, const std::string& path,
                                          std::chrono::milliseconds limit);

}  // namespace pith::runner
