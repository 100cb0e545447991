// Containers run by the real engine, from a small image that umoci makes of busybox.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "runner/image_test.h"
#include "support/support.h"

namespace pith::runner {

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// An image with /busybox as its entry point, user 65532, and `/usr/bin/sh` behind the link /bin.
class Runner : public testing::Test {
protected:
    void SetUp() override {
        for (auto tool : {"podman", "umoci", "busybox", "skopeo"}) PITH_NEED(test::have(tool), tool);
        PITH_NEED(::geteuid() == 0, "root");
        make((test::source_dir() / "tests/e2e/runner/make_image").string());
        m_reference = "oci:" + (m_scratch / "Image").string() + ":small";
    }

    // Nothing is left in the engine's storage, or of the folders for loading.
    void TearDown() override {
        if (IsSkipped()) return;
        EXPECT_THAT(ask("ps --all --format {{.Names}}"), Not(HasSubstr("pith-")));
        EXPECT_THAT(ask("images --all --format {{.Repository}}"), Not(HasSubstr("pith-")));
        EXPECT_EQ(test::sh("ls -d /tmp/pith-????????????????").out, "");
    }

    void make(const std::string& commands) {
        auto made = test::sh(fmt::format("set -e; cd {}; {}", m_scratch.path().string(), commands));
        ASSERT_EQ(made.exit_code, 0) << made.err;
    }

    std::string ask(const std::string& question) {
        std::string podman;
        for (const auto& word : m_engine.command) podman += word + " ";
        return test::sh(podman + question).out;
    }

    Outcome outcome_of(const LoadedImage& image, const ContainerRun& run) {
        auto outcome = run_container(image, run);
        EXPECT_OK(outcome);
        return outcome ? *outcome : Outcome{};
    }

    test::Scratch m_scratch;
    Engine m_engine = Engine::from_environment();
    std::string m_reference;
};

ContainerRun shell(const std::string& script) {
    ContainerRun run;
    run.command = {"sh", "-c", script};
    return run;
}

}  // namespace

TEST_F(Runner, RunsConfined) {
    auto image = LoadedImage::load(m_engine, m_reference);
    ASSERT_OK(image);
    EXPECT_EQ(*image->user(), "nonroot");

    auto outcome = outcome_of(*image, shell("echo out; echo err >&2; exit 3"));
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_EQ(outcome.out, "out\n");
    EXPECT_THAT(outcome.err, HasSubstr("err\n"));
    EXPECT_FALSE(outcome.timed_out);

    auto status = outcome_of(*image, shell("cat /proc/self/status; id -u; ls /sys/class/net; cat")).out;
    EXPECT_THAT(status, AllOf(HasSubstr("CapEff:\t0000000000000000"), HasSubstr("CapBnd:\t0000000000000000"),
                              HasSubstr("NoNewPrivs:\t1"), HasSubstr("\n65532\nlo\n")));

    auto writes = shell("for d in / /data /www /tmp /run /var/tmp; do touch $d/x 2>/dev/null && echo $d; done; true");
    EXPECT_EQ(outcome_of(*image, writes).out, "");
    writes.tmpfs = {"/data:size=1m", "/tmp", "/www"};
    EXPECT_EQ(outcome_of(*image, writes).out, "/data\n/www\n/tmp\n");
    writes.tmpfs.clear();
    writes.read_only = false;
    EXPECT_EQ(outcome_of(*image, writes).out, "/data\n");

    ::setenv("http_proxy", "http://127.0.0.1:9", 1);
    ContainerRun other;
    other.environment = {{"A", "b c"}};
    other.user = "1234:1234";
    other.entrypoint = {"/usr/bin/sh", "-c"};
    other.command = {"echo \"$A|$http_proxy\"; /busybox id -u"};
    EXPECT_EQ(outcome_of(*image, other).out, "b c|\n1234\n");
    ::unsetenv("http_proxy");

    EXPECT_EQ(outcome_of(*image, {}).exit_code, 0);
    ContainerRun missing;
    missing.entrypoint = {"/bin/zsh"};
    EXPECT_EQ(outcome_of(*image, missing).exit_code, 127);
}

TEST_F(Runner, EndsWhatTakesTooLong) {
    auto image = LoadedImage::load(m_engine, m_reference);
    ASSERT_OK(image);
    auto slow = shell("echo begun; trap '' TERM; sleep 1000");
    slow.timeout = std::chrono::seconds(3);
    auto outcome = outcome_of(*image, slow);
    EXPECT_TRUE(outcome.timed_out);
    EXPECT_EQ(outcome.out, "begun\n");
}

TEST_F(Runner, TestsCommandsServicesAndFiles) {
    std::vector<ImageTest> tests(7);
    auto& [speaks, fails, serves, misleads, dies, lean, fat] = *reinterpret_cast<ImageTest(*)[7]>(tests.data());
    speaks.runs = true;
    speaks.run = shell("echo one; echo two");
    speaks.output = "^two$";
    fails.runs = true;
    fails.run = shell("echo one; exit 7");
    fails.output = "two";

    serves.run = shell("trap 'exit 0' QUIT; httpd -f -p 8080 -h /www & wait");
    serves.service = ServiceCheck{8080, "/", 200, "^hello there$", "SIGQUIT"};
    misleads = serves;
    misleads.service->path = "/nothing";
    misleads.service->stop_signal = "SIGKILL";
    dies.run = shell("echo last words; exit 4");
    dies.exit_code = 4;
    dies.output = "last words";
    dies.service = ServiceCheck{8080, "/", 200, "", ""};

    lean.absent = {"/bin/bash", "**/apt*"};
    lean.writable = {"/data"};
    fat.absent = {"/bin/sh"};
    fat.no_setuid = true;
    fat.writable = {"/dat"};

    auto report = run_tests(m_engine, m_reference, tests);
    ASSERT_OK(report);
    EXPECT_FALSE(report->passed());
    ASSERT_EQ(report->results.size(), tests.size());
    auto faults = [&](std::size_t i) { return report->results[i].faults; };
    EXPECT_THAT(faults(0), IsEmpty());
    EXPECT_EQ(report->results[0].out, "one\ntwo\n");
    EXPECT_THAT(faults(1), ElementsAre("exit code 7, not 0", "nothing that it wrote matches 'two'"));
    EXPECT_THAT(faults(2), IsEmpty());
    EXPECT_THAT(faults(3), ElementsAre("GET /nothing: status 404, not 200",
                                       HasSubstr("the answer does not match '^hello there$'"), "exit code 137, not 0"));
    EXPECT_THAT(faults(4), ElementsAre("the service ended before it answered"));
    EXPECT_THAT(faults(5), IsEmpty());
    EXPECT_THAT(faults(6),
                ElementsAre("'/bin/sh' must not be in the image: /usr/bin/sh",
                            "files with the setuid or setgid bit: /odd", "user 'nonroot' may write to /data"));
}

TEST_F(Runner, LoadsWithoutTouchingNamesInUse) {
    make("skopeo copy --quiet oci:Image:small oci-archive:Small.tar:some/name:small");
    auto archive = LoadedImage::load(m_engine, "oci-archive:" + (m_scratch / "Small.tar").string());
    ASSERT_OK(archive);
    EXPECT_EQ(outcome_of(*archive, shell("echo here")).out, "here\n");
    EXPECT_THAT(ask("images --format {{.Repository}}"), Not(HasSubstr("some/name")));
    // The same image under another name stays when ours goes.
    ask("tag " + archive->name() + " localhost/kept-by-someone");
    {
        auto gone = std::move(*archive);
    }
    EXPECT_THAT(ask("images --format {{.Repository}}"), HasSubstr("localhost/kept-by-someone"));
    ask("image rm localhost/kept-by-someone");
}

TEST_F(Runner, TakesTheHostsPlatformOfAnIndex) {
    make((test::source_dir() / "tests/e2e/runner/make_index").string());
    auto image = LoadedImage::load(m_engine, "oci:" + (m_scratch / "Both").string());
    ASSERT_OK(image);
    EXPECT_EQ(outcome_of(*image, {}).exit_code, 0);
}

TEST_F(Runner, SaysWhyAnImageCannotBeLoaded) {
    auto layout = (m_scratch / "Image").string();
    struct Case {
        std::string reference, message;
        ErrorCode code;
    };
    const Case cases[] = {
        {"docker://x", "only oci:DIR[:TAG] and oci-archive:FILE[:TAG]", ErrorCode::usage},
        {"oci:/nowhere:x", "there is no '/nowhere'", ErrorCode::not_found},
        {"oci:" + layout + ":other", "other", ErrorCode::io},
        {"oci-archive:" + layout + "/oci-layout", "unpack", ErrorCode::format},
    };
    for (const auto& c : cases) {
        auto image = LoadedImage::load(m_engine, c.reference);
        ASSERT_FALSE(image) << c.reference;
        EXPECT_EQ(image.error().code, c.code) << image.error().text();
        EXPECT_THAT(image.error().text(), HasSubstr(c.message));
    }
}

}  // namespace pith::runner
