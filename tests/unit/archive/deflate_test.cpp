#include "archive/deflate.h"

#include <gmock/gmock.h>

#include "base/digest.h"
#include "support/support.h"

using namespace pith;
using namespace pith::archive;
using testing::HasSubstr;

namespace {

// Compressible and different everywhere: numbers in words, from a fixed linear congruence.
std::string sample(std::size_t size) {
    std::string out;
    for (std::uint32_t state = 1; out.size() < size; state = state * 1664525 + 1013904223)
        out += std::to_string(state >> 16) + (state >> 31 ? " lib/" : "\n");
    out.resize(size);
    return out;
}

}  // namespace

TEST(Deflate, ComesBackWhateverTheSize) {
    ThreadPool pool(2);
    for (auto compression : {Compression::none, Compression::gzip, Compression::zstd})
        for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{chunk_size - 1}, std::size_t{chunk_size},
                                 std::size_t{chunk_size + 1}, std::size_t{5 * chunk_size / 2}}) {
            auto input = sample(size);
            auto out = deflate(as_bytes(input), {compression, 0}, pool);
            ASSERT_OK(out);
            if (size == 0) {
                EXPECT_TRUE(out->empty());
                continue;
            }
            EXPECT_EQ(detect_compression(*out), compression);
            auto back = inflate(*out, compression);
            ASSERT_OK(back);
            EXPECT_EQ(sha256(back->bytes()), sha256(input)) << size;
        }
}

TEST(Deflate, DoesNotDependOnThreads) {
    auto input = sample(11 * chunk_size + 7);
    for (auto compression : {Compression::gzip, Compression::zstd}) {
        ThreadPool one(1), eight(8);
        auto first = deflate(as_bytes(input), {compression, 0}, one);
        auto second = deflate(as_bytes(input), {compression, 0}, eight);
        ASSERT_OK(first);
        ASSERT_OK(second);
        EXPECT_EQ(*first, *second);
    }
}

TEST(Deflate, OtherToolsReadIt) {
    test::Scratch scratch;
    ThreadPool pool(1);
    auto input = sample(3 * chunk_size);
    test::spit(scratch / "plain", input);
    const std::pair<Compression, const char*> tools[] = {{Compression::gzip, "gzip"}, {Compression::zstd, "zstd"}};
    for (auto [compression, tool] : tools) {
        if (!test::have(tool)) GTEST_SKIP() << tool << " is not installed";
        auto out = deflate(as_bytes(input), {compression, 0}, pool);
        ASSERT_OK(out);
        test::spit(scratch / "packed", as_text(*out));
        auto ran = test::sh("cd " + scratch.path().string() + " && " + tool + " -dc < packed | cmp - plain");
        EXPECT_EQ(ran.exit_code, 0) << ran.err << ran.out;
    }
}

// The compressed bytes are part of an image's digest. A version of a library that is not in the table is not
// wrong, but it makes other images than the ones here: look at that, then add its row.
TEST(Deflate, BytesOfKnownVersions) {
    struct Row {
        Compressor compressor;
        std::string_view identity, digest;
    };
    const Row rows[] = {
        {{Compression::gzip, 0},
         "libdeflate 1.14 level 5 chunk 262144",
         "91090bf58c4e75a9cd0436b04009f1e864da42ae0c36ad40b9359b215731c7d0"},
        {{Compression::gzip, 9},
         "libdeflate 1.14 level 9 chunk 262144",
         "ccb46fccb2aca4753d743c776bc1bc70758e1fd04e1d8bd0c2506d778c46e421"},
        {{Compression::zstd, 0},
         "zstd 1.5.4 level 3 chunk 262144",
         "6eebe71dec64c522a62f63f941b8db9d5571b42a0b56bd1b4ec2ad2978e9b56e"},
        {{Compression::zstd, 9},
         "zstd 1.5.4 level 9 chunk 262144",
         "3f3a733a442591789ba52e122dbfc1c665172bcd20812d4a74260fa4a340ba83"},
    };
    ThreadPool pool(1);
    auto input = sample(2 * chunk_size + 1000);
    for (const auto& row : rows) {
        PITH_NEED(row.compressor.identity() == row.identity,
                  std::string(row.identity) + ", but this is " + row.compressor.identity());
        auto out = deflate(as_bytes(input), row.compressor, pool);
        ASSERT_OK(out);
        EXPECT_EQ(sha256(*out).hex(), row.digest) << row.identity;
    }
    EXPECT_EQ((Compressor{Compression::none, 0}.identity()), "none");
}

TEST(Deflate, RefusesLevelsThatDoNotExist) {
    ThreadPool pool(1);
    for (Compressor bad : {Compressor{Compression::gzip, 13}, {Compression::gzip, -1}, {Compression::zstd, 20}}) {
        auto out = deflate(as_bytes("x"), bad, pool);
        ASSERT_FALSE(out);
        EXPECT_EQ(out.error().code, ErrorCode::usage);
        EXPECT_THAT(out.error().message, HasSubstr("compression level"));
    }
    auto xz = deflate(as_bytes("x"), {Compression::xz, 0}, pool);
    ASSERT_FALSE(xz);
    EXPECT_EQ(xz.error().code, ErrorCode::unsupported);
}
