// How the engine is called, and what becomes of its failures, with an engine that only pretends.
#include "runner/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/text.h"
#include "runner/image_test.h"
#include "support/support.h"

namespace pith::runner {

namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

class Container : public testing::Test {
protected:
    void SetUp() override {
        ::setenv("FAKE", m_scratch.path().c_str(), 1);
        test::spit(m_scratch / "layout/oci-layout", "{}");
    }
    void TearDown() override { ::unsetenv("FAKE"); }

    void answer(std::string_view action, std::string_view script) { test::spit(m_scratch / action, script); }

    // The arguments of each call so far whose first one is `action`.
    std::vector<std::vector<std::string>> calls(std::string_view action) {
        std::vector<std::vector<std::string>> out;
        if (!std::filesystem::exists(m_scratch / "calls")) return out;
        auto text = test::slurp(m_scratch / "calls");
        std::vector<std::string> call;
        for (auto line : split(text, '\n')) {
            if (line != "--") {
                call.emplace_back(line);
                continue;
            }
            if (call.front() == action) out.push_back(call);
            call.clear();
        }
        return out;
    }

    std::string reference() { return "oci:" + (m_scratch / "layout").string() + ":tag"; }
    LoadedImage image() {
        auto loaded = LoadedImage::load(m_engine, reference());
        EXPECT_OK(loaded);
        return std::move(*loaded);
    }

    test::Scratch m_scratch;
    Engine m_engine{{(test::source_dir() / "tests/unit/runner/fake_engine").string()}};
};

}  // namespace

TEST_F(Container, NamesAnEngine) {
    ::setenv("PITH_PODMAN", " /opt/podman  --runtime crun ", 1);
    EXPECT_THAT(Engine::from_environment().command, ElementsAre("/opt/podman", "--runtime", "crun"));
    ::setenv("PITH_PODMAN", "", 1);
    EXPECT_EQ(Engine::from_environment().command.front(), "podman");
    ::unsetenv("PITH_PODMAN");
    auto path = std::string(std::getenv("PATH"));
    test::spit(m_scratch / "runc", "");
    std::filesystem::permissions(m_scratch / "runc", std::filesystem::perms::all);
    ::setenv("PATH", m_scratch.path().c_str(), 1);
    EXPECT_THAT(Engine::from_environment().command, ElementsAre("podman", "--runtime", "runc"));
    ::setenv("PATH", path.c_str(), 1);
}

TEST_F(Container, SaysHowToGetAnEngine) {
    auto loaded = LoadedImage::load({{"/nowhere/podman"}}, reference());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::not_found);
    EXPECT_THAT(loaded.error().text(), AllOf(HasSubstr("/nowhere/podman"), HasSubstr("PITH_PODMAN")));
}

TEST_F(Container, LoadsUnderAnUnusedNameAndRemovesIt) {
    std::string name, other;
    {
        auto one = image(), two = image();
        name = one.name();
        other = two.name();
        EXPECT_TRUE(std::filesystem::exists(one.folder() / "image/oci-layout"));
        EXPECT_THAT(calls("pull")[0], ElementsAre("pull", "--quiet", "oci:" + one.folder().string() + "/image:tag"));
        EXPECT_TRUE(calls("image").empty());
    }
    EXPECT_NE(name, other);
    EXPECT_THAT(name, StartsWith("localhost/tmp/pith-"));
    EXPECT_EQ(calls("image").size(), 2U);
    EXPECT_THAT(calls("image"), Contains(Contains(name)));
    EXPECT_FALSE(std::filesystem::exists(name.substr(std::string_view("localhost").size())));
    EXPECT_TRUE(std::filesystem::exists(m_scratch / "layout/oci-layout"));
}

TEST_F(Container, CleansUpAfterAFailedPull) {
    answer("pull", "echo 'no such manifest' >&2; exit 125");
    auto loaded = LoadedImage::load(m_engine, reference());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::io);
    EXPECT_THAT(loaded.error().text(), AllOf(HasSubstr(reference()), HasSubstr("no such manifest")));
    EXPECT_EQ(calls("image").size(), 1U);
}

TEST_F(Container, ConfinesWhatItRuns) {
    answer("run", "echo out; echo err >&2; exit 3");
    auto loaded = image();
    ContainerRun run;
    run.command = {"a b", "-c"};
    run.entrypoint = {"x\"y", "\\"};
    run.user = "1:2";
    run.environment = {{"K", "v w"}};
    run.tmpfs = {"/tmp", "/run:size=1m"};
    auto outcome = run_container(loaded, run);
    ASSERT_OK(outcome);
    EXPECT_EQ(outcome->exit_code, 3);
    EXPECT_EQ(outcome->out, "out\n");
    EXPECT_EQ(outcome->err, "err\n");
    auto call = calls("run").at(0);
    EXPECT_THAT(call.at(1), StartsWith("--name=pith-"));
    call.erase(call.begin() + 1);
    EXPECT_THAT(
        call, ElementsAre("run", "--pull=never", "--network=none", "--cap-drop=all", "--security-opt=no-new-privileges",
                          "--http-proxy=false", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1000:1000",
                          "--read-only-tmpfs=false", "--rm", "--timeout=80", "--read-only=true", "--user=1:2",
                          "--env=K=v w", "--tmpfs=/tmp:U", "--tmpfs=/run:size=1m,U",
                          "--entrypoint=[\"x\\\"y\",\"\\\\\"]", loaded.name(), "a b", "-c"));
    EXPECT_TRUE(calls("rm").empty());
}

TEST_F(Container, TellsTheEnginesFailureFromTheCommands) {
    auto loaded = image();
    answer("run", "echo 'exec format error' >&2; exit 126");
    EXPECT_EQ(run_container(loaded, {})->exit_code, 126);
    answer("run", "echo 'no space left' >&2; exit 125");
    auto outcome = run_container(loaded, {});
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().text(), HasSubstr("the container engine failed: no space left"));
    EXPECT_EQ(calls("rm").size(), 1U);
}

TEST_F(Container, RemovesWhatTakesTooLong) {
    answer("run", "echo begun; exec sleep 60");
    auto loaded = image();
    ContainerRun run;
    run.timeout = 1s;
    auto outcome = run_container(loaded, run);
    ASSERT_OK(outcome);
    EXPECT_TRUE(outcome->timed_out);
    auto name = calls("run").at(0).at(1).substr(std::string_view("--name=").size());
    EXPECT_THAT(calls("rm"), ElementsAre(ElementsAre("rm", "--force", "--ignore", "--time", "0", name)));
}

TEST_F(Container, StopsAService) {
    answer("inspect", "echo 0");
    answer("wait", "echo 131");
    answer("logs", "echo out; echo err >&2");
    auto loaded = image();
    {
        auto service = Service::start(loaded, {});
        ASSERT_OK(service);
        EXPECT_FALSE(service->process()->has_value());
        auto outcome = service->stop("SIGQUIT", 5s);
        ASSERT_OK(outcome);
        EXPECT_EQ(outcome->exit_code, 131);
        EXPECT_EQ(outcome->out, "out\n");
        EXPECT_EQ(outcome->err, "err\n");
        auto moved = std::move(*service);
    }
    EXPECT_THAT(calls("kill").at(0), ElementsAre("kill", "--signal", "SIGQUIT", calls("rm").at(0).back()));
    EXPECT_EQ(calls("rm").size(), 1U);
}

TEST_F(Container, ReportsAServiceThatDoesNotStop) {
    answer("wait", "exec sleep 60");
    auto loaded = image();
    auto service = Service::start(loaded, {});
    ASSERT_OK(service);
    EXPECT_TRUE(service->stop("SIGTERM", 1s)->timed_out);
    answer("wait", "echo nonsense");
    EXPECT_FALSE(service->stop("SIGTERM", 5s));
    answer("inspect", "echo nonsense");
    EXPECT_FALSE(service->process());
}

TEST_F(Container, AFaultInOneTestLeavesTheOthers) {
    // No word of hexadecimal digits: the container's name has some.
    answer("run",
           "case $* in *broken*) echo 'no space left' >&2; exit 125;; *good*) echo fine;; *) exec sleep 60;; esac");
    std::vector<ImageTest> tests(4);
    tests[0].name = "broken";
    tests[0].run.command = {"broken"};
    tests[1].name = "slow";
    tests[1].run.timeout = 1s;
    tests[2].name = "expression";
    tests[2].run.command = {"good"};
    tests[2].output = "(";
    tests[3].name = "good";
    tests[3].run.command = {"good"};
    tests[3].output = "^fine$";
    for (auto& test : tests) test.runs = true;
    auto report = run_tests(m_engine, reference(), tests);
    ASSERT_OK(report);
    ASSERT_EQ(report->results.size(), 4U);
    EXPECT_FALSE(report->passed());
    EXPECT_THAT(report->results[0].faults, ElementsAre("the container engine failed: no space left"));
    EXPECT_THAT(report->results[1].faults, ElementsAre("it did not end within 1000 ms"));
    EXPECT_THAT(report->results[2].faults, ElementsAre(HasSubstr("regular expression '('")));
    EXPECT_TRUE(report->results[3].passed());
    EXPECT_EQ(calls("pull").size(), 1U);
    EXPECT_TRUE(calls("create").empty());
}

}  // namespace pith::runner
