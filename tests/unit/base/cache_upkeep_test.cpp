// Eviction and checking of a cache, alone and beside other processes.
#include "base/cache_upkeep.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/cache_use.h"
#include "support/support.h"

using namespace pith;
using pith::test::Scratch;
using testing::ElementsAre;

namespace fs = std::filesystem;

namespace {

class Upkeep : public testing::Test {
protected:
    // A blob of `size` bytes that was last used `age` seconds ago.
    Digest add(char letter, std::size_t size, long age) {
        auto digest = *m_cache.put_blob(as_bytes(std::string(size, letter)));
        set_age(m_cache.blob_path(digest), age);
        return digest;
    }
    static void set_age(const fs::path& path, long age) {
        timespec now{};
        ::clock_gettime(CLOCK_REALTIME, &now);
        const timespec times[2] = {{now.tv_sec - age, 0}, {now.tv_sec - age, 0}};
        ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    }
    bool there(const Digest& digest) { return fs::exists(m_cache.blob_path(digest)); }

    Scratch m_scratch;
    Cache m_cache = *Cache::open(m_scratch / "cache");
    ThreadPool m_pool{2};
    Progress m_progress;
};

// Another process that uses the cache: reads a blob, says so, and waits to be killed.
class OtherProcess {
public:
    OtherProcess(const fs::path& folder, const Digest& blob) {
        int ready[2];
        EXPECT_EQ(::pipe(ready), 0);
        m_child = ::fork();
        if (m_child == 0) {
            auto cache = Cache::open(folder);
            bool read = cache && cache->blob_size(blob);
            (void)!::write(ready[1], read ? "y" : "n", 1);
            for (;;) ::pause();
        }
        char answer = 0;
        EXPECT_EQ(::read(ready[0], &answer, 1), 1);
        EXPECT_EQ(answer, 'y');
        ::close(ready[0]);
        ::close(ready[1]);
    }
    void kill() {
        ::kill(m_child, SIGKILL);
        ::waitpid(m_child, nullptr, 0);
        m_child = -1;
    }
    ~OtherProcess() {
        if (m_child > 0) kill();
    }

private:
    pid_t m_child = -1;
};

}  // namespace

// A cache of its own for each step, as each is another run.
TEST_F(Upkeep, IsHeldToItsLimitWithoutBeingCountedEachTime) {
    auto size = m_scratch / "cache/size";
    auto run = [&](char letter, std::uint64_t limit) {
        auto cache = *Cache::open(m_scratch / "cache");
        EXPECT_OK(cache.put_blob(as_bytes(std::string(100, letter))));
        auto pruned = hold_to_limit(cache, limit);
        EXPECT_OK(pruned);
        return *pruned;
    };
    auto old = add('o', 500, 1000);
    auto first = run('a', 10'000);  // nobody had counted
    ASSERT_TRUE(first);
    EXPECT_EQ(first->left, 600U);
    EXPECT_EQ(test::slurp(size), "600\n");
    EXPECT_FALSE(run('b', 10'000));
    EXPECT_FALSE(run('c', 0));
    EXPECT_EQ(test::slurp(size), "600\n100\n100\n");
    EXPECT_TRUE(there(old));

    auto over = run('d', 850);
    ASSERT_TRUE(over);
    EXPECT_EQ(over->left, 400U);  // at most nine tenths
    EXPECT_FALSE(there(old));
    EXPECT_EQ(test::slurp(size), "400\n");

    char letter = 'e';
    for (std::string damaged : {"", "400", "4x\n", "-1\n", "18446744073709551615\n"}) {
        test::spit(size, damaged);
        auto counted = run(letter++, 10'000);
        ASSERT_TRUE(counted) << damaged;
        EXPECT_EQ(test::slurp(size), fmt::format("{}\n", counted->left)) << damaged;
    }
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += "0\n";
    test::spit(size, lines);
    EXPECT_TRUE(run('z', 10'000));
    EXPECT_FALSE(run('z', 10)) << "nothing was added";
}

TEST_F(Upkeep, RemovesWhatWasUsedLeastRecentlyUntilTheRestFits) {
    auto oldest = add('a', 1000, 300), middle = add('b', 1000, 200), newest = add('c', 1000, 100);
    set_age(m_cache.blob_path(oldest), 300);
    auto pruned = prune(m_cache, {.most_bytes = 2000});
    ASSERT_OK(pruned);
    EXPECT_EQ(pruned->files, 1u);
    EXPECT_EQ(pruned->left, 2000u);
    EXPECT_FALSE(there(oldest));
    ASSERT_TRUE(m_cache.blob(middle));  // used now
    ASSERT_OK(prune(m_cache, {.most_bytes = 1999}));
    EXPECT_TRUE(there(middle));
    EXPECT_FALSE(there(newest));
}

TEST_F(Upkeep, RemovesWhatIsTooOldAndEverything) {
    auto old = add('a', 10, 1000), young = add('b', 10, 100);
    ASSERT_OK(m_cache.put_record("facts", sha256("k"), "payload"));
    ASSERT_OK(prune(m_cache, {.most_age = std::chrono::seconds(500)}));
    EXPECT_FALSE(there(old));
    EXPECT_TRUE(there(young));
    auto all = prune(m_cache, {.most_bytes = 0});
    ASSERT_OK(all);
    EXPECT_EQ(all->left, 0u);
    EXPECT_FALSE(m_cache.record("facts", sha256("k")));
    EXPECT_TRUE(usage(m_cache)->empty());
}

TEST_F(Upkeep, LeavesAloneWhatARunningProcessHasUsed) {
    auto used = add('a', 1000, 300), other = add('b', 1000, 200);
    OtherProcess process(m_cache.folder(), used);
    auto pruned = prune(m_cache, {.most_bytes = 0});
    ASSERT_OK(pruned);
    EXPECT_TRUE(there(used));
    EXPECT_FALSE(there(other));
    EXPECT_EQ(pruned->in_use, 1000u);
    process.kill();
    ASSERT_OK(prune(m_cache, {.most_bytes = 0}));
    EXPECT_FALSE(there(used));
    EXPECT_THAT(test::sh("ls " + (m_cache.folder() / "processes").string() + " | wc -l").out, "1\n") << "only our own";
}

// The clock may go back while a process runs: what it uses is dated no earlier than its coming.
TEST_F(Upkeep, UseIsNotDatedBeforeTheProcessCame) {
    auto blob = add('a', 10, 300);
    ASSERT_TRUE(m_cache.blob_size(blob));
    struct stat info{};
    ASSERT_EQ(::stat(m_cache.blob_path(blob).c_str(), &info), 0);
    auto start = m_cache.use().start();
    EXPECT_GE(std::tie(info.st_mtim.tv_sec, info.st_mtim.tv_nsec), std::tie(start.tv_sec, start.tv_nsec));
}

TEST_F(Upkeep, RemovesTheTemporaryFilesOfKilledProcessesAlone) {
    auto mine = FileWriter::create(m_cache.folder() / "blobs/sha256/aa/mine");
    ASSERT_OK(mine);
    test::spit(m_cache.folder() / "blobs/sha256/aa/.gone.4711.0.tmp", "half");
    test::spit(m_cache.partial_folder() / "cut", "beginning");
    ASSERT_OK(prune(m_cache, {}));
    EXPECT_FALSE(fs::exists(m_cache.folder() / "blobs/sha256/aa/.gone.4711.0.tmp"));
    EXPECT_TRUE(fs::exists(mine->temporary()));
    EXPECT_TRUE(fs::exists(m_cache.partial_folder() / "cut")) << "a download that can be resumed";
}

TEST_F(Upkeep, OneEvictionAtATime) {
    auto alone = CacheUse::alone(m_cache.folder());
    ASSERT_TRUE(alone);
    auto second = prune(m_cache, {.most_bytes = 0});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

TEST_F(Upkeep, TellsKindsOfBlobsByWhatTheyBeginWith) {
    ASSERT_OK(m_cache.put_blob(as_bytes("!<arch>\ndebian-binary")));
    ASSERT_OK(m_cache.put_blob(as_bytes("\x1f\x8b rest")));
    ASSERT_OK(m_cache.put_blob(as_bytes("hello")));
    ASSERT_OK(m_cache.put_record("facts", sha256("k"), "payload"));
    std::vector<std::string> kinds;
    auto found = usage(m_cache);
    ASSERT_OK(found);
    for (const auto& kind : *found) kinds.push_back(kind.kind);
    EXPECT_THAT(kinds, ElementsAre("files", "layers", "packages", "records/facts"));
}

TEST_F(Upkeep, VerifyFindsAndRemovesEveryKindOfDamage) {
    auto sound = *m_cache.put_blob(as_bytes("sound")), flipped = *m_cache.put_blob(as_bytes("flipped"));
    test::spit(m_cache.blob_path(flipped), "flippee");
    ASSERT_OK(m_cache.put_record("facts", sha256("good"), "payload"));
    auto verified = verify(m_cache, m_pool, m_progress);
    ASSERT_OK(verified);
    ASSERT_EQ(verified->damaged.size(), 1u);
    EXPECT_EQ(verified->damaged[0].entry, m_cache.blob_path(flipped).lexically_relative(m_cache.folder()));
    EXPECT_EQ(verified->files, 3u);
    EXPECT_FALSE(there(flipped));
    EXPECT_TRUE(there(sound));

    auto record = m_cache.folder() / "records/facts" / sha256("bad").hex().substr(0, 2) / sha256("bad").hex();
    for (const char* content :
         {"", "short", "no digest at all, but long enough for the head of a record, which has 65"}) {
        test::spit(record, content);
        EXPECT_EQ(verify(m_cache, m_pool, m_progress)->damaged.size(), 1u) << content;
        EXPECT_FALSE(fs::exists(record));
    }
    test::spit(m_cache.folder() / "blobs/sha256/zz/stray", "x");
    EXPECT_EQ(verify(m_cache, m_pool, m_progress)->damaged.at(0).reason, "not an entry of the cache");
    EXPECT_TRUE(verify(m_cache, m_pool, m_progress)->damaged.empty());
}

TEST(Size, IsReadAsItIsWritten) {
    const std::pair<const char*, std::optional<std::uint64_t>> rows[] = {{"0", 0},
                                                                         {"500", 500},
                                                                         {"1k", 1024},
                                                                         {"1.5 G", 3 * GiB / 2},
                                                                         {"2GiB", 2 * GiB},
                                                                         {"3mb", 3 * MiB},
                                                                         {"1T", 1024 * GiB},
                                                                         {"", std::nullopt},
                                                                         {"-1", std::nullopt},
                                                                         {"10X", std::nullopt},
                                                                         {"G", std::nullopt},
                                                                         {"1e30G", std::nullopt},
                                                                         {"99999999999T", std::nullopt}};
    for (const auto& [text, size] : rows) EXPECT_EQ(parse_size(text), size) << text;
}

TEST(File, TemporaryFilesOfTheDeadAreRemovedAndNoOthers) {
    Scratch scratch;
    for (const char* name :
         {".out.tar.1.2.tmp", ".other.1.2.tmp", ".out.tar.tmp", ".out.tar.x.2.tmp", "out.tar.1.2.tmp"})
        test::spit(scratch / name, "x");
    fs::create_directories(scratch / ".out.tar.3.0.tmp/below");
    auto live = FileWriter::create(scratch / "out.tar");
    ASSERT_OK(live);
    remove_abandoned(scratch.path(), "out.tar");
    EXPECT_FALSE(fs::exists(scratch / ".out.tar.1.2.tmp"));
    EXPECT_FALSE(fs::exists(scratch / ".out.tar.3.0.tmp"));
    EXPECT_TRUE(fs::exists(scratch / ".other.1.2.tmp"));
    EXPECT_TRUE(fs::exists(scratch / ".out.tar.tmp"));
    EXPECT_TRUE(fs::exists(scratch / ".out.tar.x.2.tmp"));
    EXPECT_TRUE(fs::exists(live->temporary()));
    remove_abandoned(scratch.path());
    EXPECT_FALSE(fs::exists(scratch / ".other.1.2.tmp"));
    EXPECT_TRUE(fs::exists(scratch / "out.tar.1.2.tmp"));
    EXPECT_OK(live->commit());
}

// Two containers may each have a process 1.
TEST(File, ATakenTemporaryNameIsPassedOver) {
    Scratch scratch;
    auto next = temporary_beside(scratch / "out").filename().string();  // ".out.PID.N.tmp"
    auto number = std::stoul(next.substr(0, next.size() - 4).substr(next.substr(0, next.size() - 4).rfind('.') + 1));
    auto taken = fmt::format(".out.{}.{}.tmp", ::getpid(), number + 1);
    test::spit(scratch / taken, "another's");
    ASSERT_OK(write_file(scratch / "out", as_bytes("mine")));
    EXPECT_EQ(test::slurp(scratch / "out"), "mine");
    EXPECT_EQ(test::slurp(scratch / taken), "another's");
}
