// kill -9 in the middle of a build and of a download: the next run succeeds with the same digest, and nothing
// half-written is there.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "e2e/faults/faults.h"
#include "support/loopback.h"

using namespace pith;
using namespace pith::test;

namespace fs = std::filesystem;

namespace {

using std::chrono::microseconds;
using Clock = std::chrono::steady_clock;

constexpr int moments = 20;

// $PITH_SEED repeats a run.
unsigned seed() {
    const char* given = std::getenv("PITH_SEED");
    auto out = given ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
    fmt::print("PITH_SEED={}\n", out);
    return out;
}

pid_t start(const std::string& command) {
    auto child = ::fork();
    if (child == 0) {
        ::execl("/bin/sh", "sh", "-c", ("exec " + command + " >/dev/null 2>&1").c_str(), nullptr);
        ::_exit(127);
    }
    return child;
}

// True if the process was still there to be killed.
bool kill_now(pid_t child) {
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status);
}

}  // namespace

TEST_F(Faults, ABuildKilledAtRandomMoments) {
    std::mt19937 random(seed());
    auto begin = Clock::now();
    ASSERT_EQ(digest(run(command("measured"))), m_digest);
    auto whole = std::chrono::duration_cast<microseconds>(Clock::now() - begin);
    for (int i = 0; i < moments; ++i) {
        auto name = fmt::format("killed{}", i);
        auto delay = microseconds(std::uniform_int_distribution<long>(0, whole.count())(random));
        for (bool killed = false; !killed; delay /= 2) {  // too late is once more, sooner
            fs::remove_all(m_scratch / name);
            fs::remove_all(m_scratch / (name + ".out"));
            auto child = start(command(name));
            std::this_thread::sleep_for(delay);
            killed = kill_now(child);
        }
        expect_good(name, fmt::format("moment {}", i));
    }
}

TEST_F(Faults, ADownloadKilledAtRandomMomentsIsResumed) {
    std::mt19937 random(seed());
    std::atomic<std::size_t> cut = 0;  // after so many bytes of a package the server is silent
    auto files = serve_folder(m_archive.root());
    Loopback server([&](const HttpRequest& request) {
        auto answer = files(request);
        if (cut > 0 && request.target.ends_with(".deb")) answer.cut_after = cut.load(), answer.hang = true;
        return answer;
    });
    write_definition(server.url(""));
    for (int i = 0; i < moments; ++i) {
        auto name = fmt::format("killed{}", i);
        cut = std::uniform_int_distribution<std::size_t>(5'000, 150'000)(random);  // more than an index
        auto child = start(command(name));
        auto partial = [&] {
            std::uintmax_t largest = 0;
            std::error_code error;
            for (const auto& entry : fs::directory_iterator(m_scratch / name / "partial", error))
                largest = std::max(largest, entry.file_size(error));
            return error ? 0 : largest;
        };
        for (int tries = 0; partial() < cut && tries < 3000; ++tries)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        ASSERT_GE(partial(), cut.load()) << "the download did not come that far";
        EXPECT_TRUE(kill_now(child));
        auto before = server.requests().size();
        cut = 0;
        expect_good(name, fmt::format("moment {}", i));
        auto requests = server.requests();
        bool resumed = std::any_of(requests.begin() + static_cast<std::ptrdiff_t>(before), requests.end(),
                                   [](const HttpRequest& each) { return !each.header("range").empty(); });
        EXPECT_TRUE(resumed) << "moment " << i;
        EXPECT_TRUE(fs::is_empty(m_scratch / name / "partial"));
    }
}
