// tar as it comes: the same as from memory, however the bytes are cut.
#include "archive/tar_stream.h"

#include <gmock/gmock.h>

#include "support/support.h"

namespace pith::archive {
namespace {

using testing::HasSubstr;

struct Seen : TarVisitor {
    std::string text;
    Result<> begin(TarEntry entry, std::uint64_t size) override {
        text += entry.path + " " + std::to_string(size) + ":";
        return {};
    }
    Result<> content(ByteView bytes) override {
        text += as_text(bytes);
        return {};
    }
    Result<> end() override {
        text += ";";
        return {};
    }
};

Bytes archive() {
    TarEntry small, empty, large;
    small.path = "a";
    small.content = as_bytes("text");
    empty.path = std::string(150, 'p') + "/" + std::string(150, 'q');  // needs an extended header
    large.path = "b";
    static const std::string content(1000, 'x');
    large.content = as_bytes(content);
    Bytes out;
    for (const auto* entry : {&small, &empty, &large}) append_tar_entry(out, *entry);
    append(out, tar_end());
    return out;
}

Result<std::string> stream(ByteView bytes, std::size_t step, TarLimits limits = {}) {
    Seen seen;
    TarStream tar(seen, limits);
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(step, bytes.size())))
        TRY(tar.write(bytes.first(std::min(step, bytes.size()))));
    TRY(tar.finish());
    return seen.text;
}

TEST(TarStream, IsTheSameHoweverItIsCut) {
    auto bytes = archive();
    auto whole = stream(bytes, bytes.size());
    ASSERT_OK(whole);
    EXPECT_EQ(*whole, "a 4:text;" + std::string(150, 'p') + "/" + std::string(150, 'q') +
                          " 0:;b 1000:" + std::string(1000, 'x') + ";");
    for (std::size_t step : {1u, 7u, 511u, 512u, 513u, 4096u})
        EXPECT_EQ(stream(bytes, step).value_or("an error"), *whole) << step;
}

TEST(TarStream, RefusesWhatTheReaderRefuses) {
    auto bytes = archive();
    for (std::size_t size : {100u, 600u, 900u, 1100u})
        EXPECT_THAT(stream(ByteView(bytes).first(size), 64).error().text(), HasSubstr("truncated")) << size;
    EXPECT_THAT(stream(bytes, 512, {.most_entries = 2}).error().text(), HasSubstr("more than 2 entries"));
    EXPECT_THAT(stream(bytes, 512, {.most_pax = 10}).error().text(), HasSubstr("extended headers of one entry"));
    auto longer = bytes;
    append(longer, as_bytes("x"));
    EXPECT_THAT(stream(longer, 512).error().text(), HasSubstr("other bytes follow"));
    bytes[0] = std::byte{'z'};
    EXPECT_THAT(stream(bytes, 512).error().text(), HasSubstr("checksum does not hold"));
}

}  // namespace
}  // namespace pith::archive
