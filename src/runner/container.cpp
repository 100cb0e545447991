// A container is one call of `podman run`; a service is one that goes on in the background, and calls that ask after
// it.
#include "runner/container.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <array>

#include "base/text.h"

namespace pith::runner {

namespace {

constexpr std::chrono::minutes call_limit(2);        // of a call to the engine that only asks or removes
constexpr std::chrono::seconds engine_overhead(20);  // what it may take to set a container up and take it down
constexpr int engine_failed = 125;

std::string json_list(const std::vector<std::string>& words) {
    return nlohmann::json(words).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void remove(const Engine& engine, const std::string& name) {
    (void)engine.call({"rm", "--force", "--ignore", "--time", "0", name}, call_limit);
}

// Of every container.
constexpr std::array confinement = {
    "--pull=never",
    "--network=none",
    "--cap-drop=all",
    "--security-opt=no-new-privileges",
    "--http-proxy=false",
    "--ulimit=nofile=1024:1024",
    "--ulimit=nproc=1000:1000",
    "--read-only-tmpfs=false",  // a writable /run, /tmp and /var/tmp only where they are asked for
};

// `podman run` (podman-run(1)) with further options, the image, and its command. Whatever becomes of pith, the
// engine's own watcher ends the container after `lifetime`.
std::vector<std::string> run_call(const std::vector<std::string>& options, const std::string& name,
                                  const LoadedImage& image, const ContainerRun& run,
                                  std::chrono::milliseconds lifetime) {
    std::vector<std::string> out = {"run", "--name=" + name};
    out.insert(out.end(), confinement.begin(), confinement.end());
    out.insert(out.end(), options.begin(), options.end());
    out.push_back(fmt::format("--timeout={}", std::chrono::ceil<std::chrono::seconds>(lifetime).count()));
    out.push_back(fmt::format("--read-only={}", run.read_only));
    if (!image.platform().empty()) out.push_back("--platform=" + image.platform());
    if (run.user) out.push_back("--user=" + *run.user);
    for (const auto& [key, value] : run.environment) out.push_back(fmt::format("--env={}={}", key, value));
    // A tmpfs takes over the mode of the folder below it, so only its owner (`U`) makes it writable to the user.
    for (const auto& mount : run.tmpfs)
        out.push_back(fmt::format("--tmpfs={}{}U", mount, mount.contains(':') ? ',' : ':'));
    if (run.entrypoint) out.push_back("--entrypoint=" + json_list(*run.entrypoint));
    out.push_back(image.name());
    out.insert(out.end(), run.command.begin(), run.command.end());
    return out;
}

Result<Outcome> refuse_engine_failure(Outcome outcome) {
    if (outcome.exit_code != engine_failed || outcome.timed_out) return outcome;
    return fail(ErrorCode::io, fmt::format("the container engine failed: {}", printable(trim(outcome.err), 1000)));
}

}  // namespace

Result<Outcome> run_container(const LoadedImage& image, const ContainerRun& run) {
    const auto name = unique_name();
    auto call = run_call({"--rm"}, name, image, run, run.timeout + engine_overhead);
    auto outcome = image.engine().call(call, run.timeout);
    if (!outcome || outcome->timed_out || outcome->exit_code == engine_failed) remove(image.engine(), name);
    if (!outcome) return outcome;
    return refuse_engine_failure(std::move(*outcome));
}

Result<Service> Service::start(const LoadedImage& image, const ContainerRun& run) {
    Service service(image.engine(), unique_name());
    // Time to begin answering, time to end, and what the engine needs for each.
    const auto lifetime = 2 * (run.timeout + engine_overhead);
    auto call =
        run_call({"--detach", "--log-driver=k8s-file", "--log-opt=max-size=1mb"}, service.m_name, image, run, lifetime);
    TRY(image.engine().expect(call, call_limit));
    return service;
}

Service::Service(Service&& other) noexcept
    : m_engine(std::move(other.m_engine)), m_name(std::exchange(other.m_name, {})) {}

Service::~Service() {
    if (!m_name.empty()) remove(m_engine, m_name);
}

Result<std::optional<pid_t>> Service::process() const {
    auto outcome = TRY(m_engine.expect({"inspect", "--format", "{{.State.Pid}}", m_name}, call_limit));
    auto pid = parse_number(trim(outcome.out));
    if (!pid)
        return fail(ErrorCode::io,
                    fmt::format("the engine gave no process number: '{}'", printable(trim(outcome.out))));
    if (*pid == 0) return std::optional<pid_t>();
    return std::optional(static_cast<pid_t>(*pid));
}

Result<Outcome> Service::stop(const std::string& signal, std::chrono::milliseconds limit) {
    Outcome outcome;
    if (!signal.empty()) {
        // A service that has ended by itself cannot be signalled; its exit code tells the story.
        (void)TRY(m_engine.call({"kill", "--signal", signal, m_name}, call_limit));
    }
    auto waited = TRY(m_engine.call({"wait", m_name}, limit));
    outcome.timed_out = waited.timed_out;
    if (!waited.timed_out) {
        auto code = parse_number(trim(waited.out));
        if (!code)
            return fail(ErrorCode::io,
                        fmt::format("the engine gave no exit code: {}", printable(trim(waited.err), 1000)));
        outcome.exit_code = static_cast<int>(*code);
    }
    auto logs = TRY(m_engine.expect({"logs", m_name}, call_limit));
    outcome.out = std::move(logs.out);
    outcome.err = std::move(logs.err);
    return outcome;
}

}  // namespace pith::runner
