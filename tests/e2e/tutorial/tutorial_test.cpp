// docs/tutorial.md, run as a new user would: in a folder with the catalog, with pith in the PATH.
#include <gmock/gmock.h>
#include <unistd.h>

#include "e2e/build/pith.h"

using namespace pith::test;

class Tutorial : public testing::Test {
protected:
    void SetUp() override {
        for (const char* tool : {"podman", "runc", "gcc", "python3"}) PITH_NEED(have(tool), tool);
        PITH_NEED(::geteuid() == 0, "root");
        std::filesystem::create_directory_symlink(source_dir() / "catalog", m_scratch / "catalog");
        // The numbers of new layers that it shows are those of images that were never built before.
        built("catalog/python3.yaml -q");
        built("catalog/static.yaml -q");
        copy_downloads(m_scratch / "cache");
        // podman as the runner calls it (limits that a container may have everywhere), with storage of its own.
        spit(m_scratch / "containers.conf",
             "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1000:1000\"]\n[engine]\nruntime = "
             "\"runc\"\n");
        spit(m_scratch / "storage.conf", fmt::format("[storage]\ndriver = \"overlay\"\ngraphroot = \"{0}/storage\"\n"
                                                     "runroot = \"{0}/run\"\n",
                                                     m_scratch.path().string()));
    }
    void TearDown() override { (void)run("umount storage/overlay; true"); }

    Ran run(const std::string& command) {
        return sh(
            fmt::format("cd {0} && export PATH={1}:$PATH PITH_CACHE_DIR={0}/cache "
                        "CONTAINERS_CONF={0}/containers.conf CONTAINERS_STORAGE_CONF={0}/storage.conf && {2}",
                        m_scratch.path().string(), pith_binary().parent_path().string(), command));
    }

    Scratch m_scratch;
};

TEST_F(Tutorial, CommandsGiveWhatItShows) {
    auto ran = run(fmt::format("{0}/tests/e2e/tutorial/run_document {0}/docs/tutorial.md", source_dir().string()));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, testing::HasSubstr("lines compared"));
}

// The comparison can fail.
TEST_F(Tutorial, ADocumentThatIsWrongIsFound) {
    for (const char* wrong : {"```sh\necho a b\n```\n```text\na c\n```\n", "```sh\nfalse\n```\n```text\n```\n",
                              "```sh\necho a; echo b\n```\n```text\nb\na\n```\n", "no commands\n"}) {
        spit(m_scratch / "wrong.md", wrong);
        EXPECT_EQ(run(fmt::format("{}/tests/e2e/tutorial/run_document wrong.md", source_dir().string())).exit_code, 1)
            << wrong;
    }
}
