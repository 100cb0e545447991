// Runs the command of an image in a container that can do as little as possible, and reports its outcome.
//
// Always: no network, no capabilities, no new privileges, nothing on standard input, no proxy settings of the host,
// and bounds on open files and processes. Output beyond 1 MiB a stream is dropped. The container is removed
// whatever happens; if pith itself is killed, the engine still ends it once its time is over.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "runner/loaded_image.h"

namespace pith::runner {

struct ContainerRun {
    std::vector<std::string> command;                    // empty: the image's
    std::optional<std::vector<std::string>> entrypoint;  // unset: the image's; empty: none
    std::optional<std::string> user;                     // unset: the image's
    std::map<std::string, std::string> environment;      // added to the image's
    bool read_only = true;                               // the root file system; then only tmpfs is writable
    std::vector<std::string> tmpfs;                      // "/tmp", or with mount options "/run:size=1m"; the
                                                         // container's user owns it
    std::chrono::milliseconds timeout = std::chrono::minutes(1);
};

// Runs it to its end. A command that cannot be started is an outcome as the engine reports it: exit code 126, or 127
// if there is no such file, with the engine's words in `err`. An engine that fails itself (exit code 125) is an
// `io` error.
[[nodiscard]] Result<Outcome> run_container(const LoadedImage& image, const ContainerRun& run);

// A container that runs in the background. It is ended and removed with its object.
class Service {
public:
    [[nodiscard]] static Result<Service> start(const LoadedImage& image, const ContainerRun& run);
    Service(Service&&) noexcept;
    Service& operator=(Service&&) = delete;
    ~Service();

    // The process that the container began with, as the host numbers it; nothing once it has ended.
    [[nodiscard]] Result<std::optional<pid_t>> process() const;
    // Sends the signal ("SIGQUIT"; empty: none, just waits) and waits at most `limit` for the end.
    [[nodiscard]] Result<Outcome> stop(const std::string& signal, std::chrono::milliseconds limit);

private:
    Service(Engine engine, std::string name) : m_engine(std::move(engine)), m_name(std::move(name)) {}
    Engine m_engine;
    std::string m_name;  // empty once moved from
};

}  // namespace pith::runner
