#include "net/partial_file.h"

#include <gtest/gtest.h>

#include "support/support.h"

using namespace pith;
using pith::test::Scratch;
namespace fs = std::filesystem;

TEST(PartialFile, KeepsWhatWasWritten) {
    Scratch scratch;
    {
        auto file = net::PartialFile::acquire(scratch / "p/a");
        ASSERT_OK(file);
        ASSERT_OK(file->append(as_bytes("begin")));
        file->set_last_modified(1234567);
    }
    auto again = net::PartialFile::acquire(scratch / "p/a");
    ASSERT_OK(again);
    EXPECT_EQ(*again->size(), 5U);
    EXPECT_EQ(again->last_modified(), 1234567);
}

TEST(PartialFile, AnEmptyOneIsNotLeftBehind) {
    Scratch scratch;
    {
        ASSERT_OK(net::PartialFile::acquire(scratch / "a"));
    }
    EXPECT_FALSE(fs::exists(scratch / "a"));
}

TEST(PartialFile, ASecondOwnerGetsAFileOfItsOwn) {
    Scratch scratch;
    auto first = net::PartialFile::acquire(scratch / "a");
    ASSERT_OK(first);
    ASSERT_OK(first->append(as_bytes("first")));
    fs::path second_path;
    {
        auto second = net::PartialFile::acquire(scratch / "a");
        ASSERT_OK(second);
        second_path = second->path();
        EXPECT_NE(second_path, first->path());
        ASSERT_OK(second->append(as_bytes("second")));
    }
    EXPECT_FALSE(fs::exists(second_path));
    EXPECT_EQ(test::slurp(scratch / "a"), "first");
}

TEST(PartialFile, OneThatWasMovedIntoPlaceIsNotWrittenAgain) {
    Scratch scratch;
    {
        auto first = net::PartialFile::acquire(scratch / "a");
        ASSERT_OK(first);
        ASSERT_OK(first->append(as_bytes("whole")));
        fs::rename(first->path(), scratch / "blob");
    }
    auto second = net::PartialFile::acquire(scratch / "a");
    ASSERT_OK(second);
    EXPECT_EQ(*second->size(), 0U);
    EXPECT_EQ(test::slurp(scratch / "blob"), "whole");
}

TEST(PartialFile, ALinkIsNotFollowed) {
    Scratch scratch;
    test::spit(scratch / "elsewhere", "keep");
    fs::create_symlink(scratch / "elsewhere", scratch / "a");
    EXPECT_FALSE(net::PartialFile::acquire(scratch / "a"));
    EXPECT_EQ(test::slurp(scratch / "elsewhere"), "keep");
}
