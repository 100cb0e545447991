#include "archive/inflate.h"

#include <gmock/gmock.h>

#include <fmt/format.h>

#include <filesystem>

#include "archive/deflate.h"
#include "support/support.h"

using namespace pith;
using namespace pith::archive;
using testing::HasSubstr;

namespace {

struct Sample {
    Compression compression;
    std::string bytes;
};

// Each holds the numbers from 1 to 900, a line each, in two members, streams or frames.
std::vector<Sample> samples() {
    auto read = [](std::string_view name) { return test::slurp(test::data("archive") / name); };
    return {{Compression::gzip, read("numbers.gz")},
            {Compression::xz, read("numbers.xz")},
            {Compression::zstd, read("numbers.zst")}};
}

std::string numbers() {
    std::string out;
    for (int i = 1; i <= 900; ++i) out += std::to_string(i) + "\n";
    return out;
}

std::string text(const Inflated& inflated) { return std::string(as_text(inflated.bytes())); }

}  // namespace

TEST(Inflate, ReadsConcatenatedStreams) {
    for (const auto& sample : samples()) {
        EXPECT_EQ(detect_compression(as_bytes(sample.bytes)), sample.compression);
        auto out = inflate(as_bytes(sample.bytes), sample.compression);
        ASSERT_OK(out);
        EXPECT_EQ(text(*out), numbers());
    }
    auto plain = inflate(as_bytes("plain"), Compression::none);
    ASSERT_OK(plain);
    EXPECT_EQ(text(*plain), "plain");
    EXPECT_EQ(detect_compression(as_bytes("plain")), Compression::none);
    EXPECT_EQ(detect_compression({}), Compression::none);
}

TEST(Inflate, ReadsOneGzipMember) {
    const auto both = samples()[0].bytes;
    auto first = inflate_gzip_member(as_bytes(both));
    ASSERT_OK(first);
    ASSERT_LT(first->consumed, both.size());
    auto second = inflate_gzip_member(as_bytes(both).subspan(first->consumed));
    ASSERT_OK(second);
    EXPECT_EQ(first->consumed + second->consumed, both.size());
    EXPECT_EQ(text(first->inflated) + text(second->inflated), numbers());
    // What follows is not looked at, and the member itself is bounded and whole.
    auto followed = both.substr(0, first->consumed) + "garbage";
    EXPECT_EQ(inflate_gzip_member(as_bytes(followed))->consumed, first->consumed);
    EXPECT_EQ(inflate_gzip_member(as_bytes(both), {.most_bytes = 100}).error().code, ErrorCode::limit);
    auto cut = std::string_view(both).substr(0, first->consumed - 1);
    EXPECT_EQ(inflate_gzip_member(as_bytes(cut)).error().code, ErrorCode::format);
    EXPECT_FALSE(inflate_gzip_member({}));
}

// Takes what comes, and nothing else.
struct Collect : ByteSink {
    std::string text;
    Result<> write(ByteView bytes) override {
        text += as_text(bytes);
        return {};
    }
};

TEST(Inflate, TellsWhatOfTheInputIsUsed) {
    std::string noise;
    std::uint32_t state = 1;
    for (int i = 0; i < 5'000'000; ++i) noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    test::Scratch scratch;
    ASSERT_OK(write_file(scratch / "noise", as_bytes(noise)));
    for (auto [compression, program] : {std::pair{Compression::none, "cat"}, std::pair{Compression::gzip, "gzip -1"},
                                        std::pair{Compression::xz, "xz -0"}, std::pair{Compression::zstd, "zstd -1"}}) {
        auto packed =
            test::sh(fmt::format("{} <{}/noise >{}/packed", program, scratch.path().string(), scratch.path().string()));
        ASSERT_EQ(packed.exit_code, 0) << packed.err;
        auto input = to_bytes(test::slurp(scratch / "packed"));
        Collect sink;
        Bytes seen;
        int calls = 0;
        EXPECT_OK(inflate_to(sink, input, compression, {}, [&](ByteView part) {
            append(seen, part);
            ++calls;
        }));
        EXPECT_TRUE(sink.text == noise);
        EXPECT_TRUE(seen == input);
        EXPECT_GT(calls, 2);
    }
}

TEST(Inflate, RefusesEveryTruncation) {
    for (const auto& sample : samples()) {
        int whole = 0;  // a cut between two streams (or four bytes of padding) leaves a whole one
        for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
            auto out = inflate(as_bytes(std::string_view(sample.bytes).substr(0, size)), sample.compression);
            if (out) {
                ++whole;
                continue;
            }
            ASSERT_EQ(out.error().code, ErrorCode::format) << size << " " << out.error().text();
            ASSERT_THAT(out.error().message, HasSubstr("byte " + std::to_string(size))) << out.error().text();
        }
        EXPECT_EQ(whole, sample.compression == Compression::xz ? 3 : 1);
    }
}

TEST(Inflate, NoticesDamageAnywhere) {
    for (const auto& sample : samples())
        for (std::size_t at = 0; at < sample.bytes.size(); ++at) {
            auto damaged = sample.bytes;
            damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
            auto out = inflate(as_bytes(damaged), sample.compression);
            if (!out) continue;
            // What no checksum covers, like the name in a header of gzip, must not matter.
            EXPECT_EQ(text(*out), numbers()) << "byte " << at;
            EXPECT_NE(sample.compression, Compression::xz) << "byte " << at << " is not checked";
        }
}

TEST(Inflate, RefusesWhatFollowsTheStream) {
    for (const auto& sample : samples())
        for (std::string_view more : {std::string_view("x"), std::string_view("\0", 1), std::string_view("garbage!")}) {
            auto out = inflate(as_bytes(sample.bytes + std::string(more)), sample.compression);
            ASSERT_FALSE(out);
            EXPECT_EQ(out.error().code, ErrorCode::format) << out.error().text();
            EXPECT_THAT(out.error().message, HasSubstr("at byte")) << out.error().text();
        }
    auto other = inflate(as_bytes("not compressed at all"), Compression::gzip);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().message, "damaged gzip at byte 10: not a gzip header");
}

TEST(Inflate, HoldsTheBounds) {
    for (const auto& sample : samples()) {
        auto size = numbers().size();
        EXPECT_OK(inflate(as_bytes(sample.bytes), sample.compression, {.most_bytes = size}));
        auto much = inflate(as_bytes(sample.bytes), sample.compression, {.most_bytes = size - 1});
        ASSERT_FALSE(much);
        EXPECT_EQ(much.error().code, ErrorCode::limit);
        EXPECT_THAT(much.error().message, HasSubstr("more than 3.4 KiB, the most that is taken"));

        EXPECT_OK(inflate(as_bytes(sample.bytes), sample.compression, {.most_ratio = 10, .free_bytes = 100}));
        auto ratio = inflate(as_bytes(sample.bytes), sample.compression, {.most_ratio = 1, .free_bytes = 100});
        ASSERT_FALSE(ratio);
        EXPECT_EQ(ratio.error().code, ErrorCode::limit);
        EXPECT_THAT(ratio.error().message, HasSubstr("more than 1 times the input is refused"));
    }
    auto plain = inflate(as_bytes("plain"), Compression::none, {.most_bytes = 4});
    ASSERT_FALSE(plain);
    EXPECT_EQ(plain.error().code, ErrorCode::limit);
}

// 70 MiB of zeros: more than is kept in memory, and far beyond the ratio.
TEST(Inflate, LargeOutputGoesThroughAFile) {
    ThreadPool pool;
    Bytes zeros(70 * MiB);
    auto gzip = deflate(zeros, {Compression::gzip, 1}, pool);
    ASSERT_OK(gzip);
    auto xz = test::slurp(test::data("archive/zeros-70m.xz"));
    auto zstd = test::slurp(test::data("archive/zeros-70m.zst"));
    const std::pair<Compression, ByteView> inputs[] = {{Compression::gzip, *gzip},
                                                       {Compression::xz, as_bytes(xz)},
                                                       {Compression::zstd, as_bytes(zstd)},
                                                       {Compression::none, zeros}};
    for (auto [compression, input] : inputs) {
        auto out = inflate(input, compression, {.most_ratio = 100'000});
        ASSERT_OK(out);
        EXPECT_TRUE(as_text(out->bytes()) == as_text(zeros));
        if (compression == Compression::none) continue;
        auto bomb = inflate(input, compression);
        ASSERT_FALSE(bomb);
        EXPECT_EQ(bomb.error().code, ErrorCode::limit);
    }
}

TEST(Inflate, SaysWhereNoTemporaryFileCanBeMade) {
    const char* before = std::getenv("TMPDIR");
    std::string kept = before ? before : "";
    ::setenv("TMPDIR", "/dev/null", 1);
    auto out = inflate(Bytes(65 * MiB), Compression::none);
    before ? ::setenv("TMPDIR", kept.c_str(), 1) : ::unsetenv("TMPDIR");
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, ErrorCode::io);
    EXPECT_THAT(out.error().message, HasSubstr("cannot create a temporary file in '/dev/null'"));
}

TEST(Inflate, BoundsTheMemoryOfADecoder) {
    auto frame = test::slurp(test::data("archive/window-2g.zst"));
    auto out = inflate(as_bytes(frame), Compression::zstd);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, ErrorCode::limit);
    EXPECT_THAT(out.error().message, HasSubstr("a window of more than 128.0 MiB"));
}
