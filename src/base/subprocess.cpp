#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "base/file.h"

extern char** environ;

namespace pith {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_output = 1 << 20;
constexpr std::size_t most_input = 4 << 10;  // what every pipe takes before it is read

struct Pipe {
    Fd read, write;
    static Result<Pipe> make() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("make a pipe for", "a program");
        return Pipe{Fd(ends[0]), Fd(ends[1])};
    }
};

// Reads what is there; false at the end of the stream.
bool drain(const Fd& fd, std::string& into) {
    char buffer[16 * 1024];
    auto got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    if (into.size() < most_output)
        into.append(buffer, std::min(static_cast<std::size_t>(got), most_output - into.size()));
    return got > 0;
}

// Collects both streams until they end, asking the program to stop when its time is over.
void collect(pid_t pid, const Pipe& out, const Pipe& err, Clock::time_point deadline, Outcome& outcome) {
    bool out_open = true, err_open = true;
    while (out_open || err_open) {
        auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) {
            ::kill(pid, outcome.timed_out ? SIGKILL : SIGTERM);
            if (outcome.timed_out) return;
            outcome.timed_out = true;
            deadline = Clock::now() + std::chrono::seconds(5);
            continue;
        }
        pollfd fds[2] = {{out_open ? out.read.get() : -1, POLLIN, 0}, {err_open ? err.read.get() : -1, POLLIN, 0}};
        ::poll(fds, 2, static_cast<int>(std::min<long long>(left, 60'000)));
        if (fds[0].revents) out_open = drain(out.read, outcome.out);
        if (fds[1].revents) err_open = drain(err.read, outcome.err);
    }
}

}  // namespace

Result<Outcome> run(const std::vector<std::string>& argv, std::chrono::milliseconds limit, std::string_view input) {
    if (input.size() > most_input)
        return fail(ErrorCode::limit, fmt::format("'{}' is given more than {} bytes", argv[0], most_input));
    auto in = TRY(Pipe::make());
    TRY(write_all(in.write, as_bytes(input), argv[0]));
    in.write = Fd();
    auto out = TRY(Pipe::make());
    auto err = TRY(Pipe::make());
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.read.get(), 0);
    posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);
    std::vector<char*> arguments;
    for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    int error = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return fail(error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                    fmt::format("cannot run '{}': {}", argv[0], std::strerror(error)));
    in.read = Fd();
    out.write = Fd();
    err.write = Fd();

    Outcome outcome;
    collect(pid, out, err, Clock::now() + limit, outcome);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return outcome;
}

}  // namespace pith
