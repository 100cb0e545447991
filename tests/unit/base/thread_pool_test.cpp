#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>

using namespace pith;

TEST(ThreadPool, GivesValuesInOrderWhateverTheJobs) {
    for (unsigned jobs : {1U, 2U, 8U}) {
        ThreadPool pool(jobs);
        auto squares = pool.map<int>(100, [](std::size_t i) -> Result<int> { return static_cast<int>(i * i); });
        ASSERT_TRUE(squares);
        for (int i = 0; i < 100; ++i) EXPECT_EQ((*squares)[static_cast<std::size_t>(i)], i * i);
    }
}

TEST(ThreadPool, ReportsTheLowestFailure) {
    ThreadPool pool(8);
    for (int round = 0; round < 50; ++round) {
        auto result = pool.map<int>(64, [](std::size_t i) -> Result<int> {
            if (i >= 7) return fail(ErrorCode::io, std::to_string(i));
            return 0;
        });
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().message, "7");
    }
}

TEST(ThreadPool, NestsWithoutDeadlock) {
    for (unsigned jobs : {1U, 2U, 4U}) {
        ThreadPool pool(jobs);
        std::atomic<int> done{0};
        pool.for_each(16, [&](std::size_t) { pool.for_each(16, [&](std::size_t) { ++done; }); });
        EXPECT_EQ(done, 256);
    }
}

TEST(ThreadPool, HeaviestFirstKeepsTheOrderOfValues) {
    ThreadPool pool(1);
    std::vector<std::size_t> begun;
    auto task = [&](std::size_t i) -> Result<std::size_t> {
        begun.push_back(i);
        if (i == 3) return fail(ErrorCode::io, "three");
        return i * 10;
    };
    EXPECT_EQ(*pool.map_heaviest_first<std::size_t>({1, 7, 7}, task), (std::vector<std::size_t>{0, 10, 20}));
    EXPECT_EQ(begun, (std::vector<std::size_t>{1, 2, 0}));
    EXPECT_EQ(pool.map_heaviest_first<std::size_t>({1, 7, 7, 5, 0}, task).error().message, "three");
}
