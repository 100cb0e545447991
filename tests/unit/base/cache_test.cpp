#include "base/cache.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/support.h"

using namespace pith;
using pith::test::Scratch;

TEST(Cache, GivesBackWhatWasPut) {
    Scratch scratch;
    auto cache = Cache::open(scratch / "c");
    ASSERT_OK(cache);
    auto digest = cache->put_blob(as_bytes("hello"));
    ASSERT_OK(digest);
    EXPECT_EQ(as_text(cache->blob(*digest)->bytes()), "hello");
    ASSERT_OK(cache->put_record("facts", sha256("key"), "payload"));
    EXPECT_EQ(cache->record("facts", sha256("key")), "payload");
    EXPECT_FALSE(cache->record("facts", sha256("other")));
    EXPECT_FALSE(cache->blob(sha256("absent")));
}

TEST(Cache, AFlippedByteCountsAsAbsent) {
    Scratch scratch;
    auto cache = Cache::open(scratch / "c");
    ASSERT_OK(cache);
    auto digest = cache->put_blob(as_bytes("hello"));
    test::spit(cache->blob_path(*digest), "hellp");
    EXPECT_FALSE(cache->blob(*digest));
    EXPECT_FALSE(std::filesystem::exists(cache->blob_path(*digest)));
    ASSERT_OK(cache->put_record("facts", sha256("key"), "payload"));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(cache->folder() / "records"))
        if (entry.is_regular_file()) test::spit(entry.path(), "nonsense");
    EXPECT_FALSE(cache->record("facts", sha256("key")));
}

// What one process replaces while another opens it was there before, and is there after.
TEST(Cache, AnEntryIsFoundWhileOthersMakeItAnew) {
    Scratch scratch;
    auto cache = Cache::open(scratch / "cache").value();
    auto key = sha256("key");
    std::jthread writer([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) EXPECT_TRUE(cache.put_record("kind", key, "payload"));
    });
    while (!cache.record("kind", key)) std::this_thread::yield();
    for (int i = 0; i < 3000; ++i) ASSERT_EQ(cache.record("kind", key), "payload") << i;
}

TEST(Cache, AFinishedFileBecomesABlob) {
    Scratch scratch;
    auto cache = Cache::open(scratch / "c");
    ASSERT_OK(cache);
    test::spit(cache->partial_folder() / "download", "hello");
    ASSERT_OK(cache->adopt_blob(sha256("hello"), cache->partial_folder() / "download"));
    EXPECT_EQ(as_text(cache->blob(sha256("hello"))->bytes()), "hello");
    EXPECT_FALSE(std::filesystem::exists(cache->partial_folder() / "download"));
    EXPECT_EQ(cache->adopt_blob(sha256("x"), scratch / "nowhere").error().code, ErrorCode::not_found);
}

TEST(File, AWriterThatIsNotCommittedLeavesNothing) {
    Scratch scratch;
    {
        auto writer = FileWriter::create(scratch / "out");
        ASSERT_OK(writer);
        ASSERT_OK(writer->write(as_bytes("half")));
    }
    EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
    auto nothing = MappedFile::open(scratch / "out");
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, ErrorCode::not_found);
    EXPECT_FALSE(MappedFile::open(scratch.path()));
    test::spit(scratch / "big", std::string(100, 'x'));
    EXPECT_EQ(read_text(scratch / "big", 99).error().code, ErrorCode::limit);
}
