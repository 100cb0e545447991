// Nothing is known here of what the calls mean, only where the program is and when it has failed.
#include "runner/engine.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <string_view>

#include "base/text.h"

namespace pith::runner {

namespace {

// In PATH, or where distributions put programs of the administrator.
bool is_installed(std::string_view program) {
    const char* path = std::getenv("PATH");
    auto folders = split(path ? path : "", ':');
    folders.insert(folders.end(), {"/usr/sbin", "/sbin"});
    for (auto folder : folders)
        if (!folder.empty() && ::access(fmt::format("{}/{}", folder, program).c_str(), X_OK) == 0) return true;
    return false;
}

}  // namespace

Engine Engine::from_environment() {
    Engine engine;
    const char* named = std::getenv("PITH_PODMAN");
    for (auto word : words(named ? named : "")) engine.command.emplace_back(word);
    if (!engine.command.empty()) return engine;
    engine.command = {"podman"};
    if (is_installed("runc")) engine.command.insert(engine.command.end(), {"--runtime", "runc"});
    return engine;
}

Result<Outcome> Engine::call(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) const {
    auto argv = command;
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    auto outcome = run(argv, limit);
    if (!outcome && outcome.error().code == ErrorCode::not_found)
        outcome.error().message += "; install podman, or name a container engine in PITH_PODMAN";
    return outcome;
}

Result<Outcome> Engine::expect(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) const {
    auto outcome = TRY(call(arguments, limit));
    if (!outcome.timed_out && outcome.exit_code == 0) return outcome;
    auto what = outcome.timed_out ? fmt::format("took longer than {} s", limit.count() / 1000)
                                  : fmt::format("ended with exit code {}", outcome.exit_code);
    return fail(ErrorCode::io, fmt::format("'{} {}' {}: {}", command.front(), arguments.front(), what,
                                           printable(trim(outcome.err), 1000)));
}

std::string unique_name() {
    std::random_device random;
    return fmt::format("pith-{:08x}{:08x}", random(), random());
}

}  // namespace pith::runner
