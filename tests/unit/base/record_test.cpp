#include "base/record.h"

#include <gtest/gtest.h>

#include <limits>

namespace pith {
namespace {

TEST(Record, ComesBack) {
    RecordWriter writer("mark\n");
    for (std::uint64_t value :
         {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::numeric_limits<std::uint64_t>::max()})
        writer.number(value);
    writer.text("");
    writer.text(std::string(300, 'x'));
    writer.bytes(as_bytes("ab"));
    auto record = std::move(writer).take();
    RecordReader reader(record);
    EXPECT_TRUE(reader.mark("mark\n"));
    EXPECT_EQ(reader.number(), 0u);
    EXPECT_EQ(reader.number(), 127u);
    EXPECT_EQ(reader.number(), 128u);
    EXPECT_EQ(reader.number(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(reader.text(), "");
    EXPECT_EQ(reader.view(), std::string(300, 'x'));
    EXPECT_FALSE(reader.at_end());
    std::array<std::byte, 2> bytes{};
    reader.bytes(bytes);
    EXPECT_EQ(as_text(bytes), "ab");
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(reader.number(), 0u);
    EXPECT_FALSE(reader.good());
}

TEST(Record, DoesNotBelieveLengths) {
    EXPECT_FALSE(RecordReader("other").mark("mark\n"));
    RecordReader long_text(
        "\x05"
        "abc");
    EXPECT_EQ(long_text.text(), "");
    EXPECT_FALSE(long_text.good());
    RecordReader many(
        "\x7f"
        "abc");
    EXPECT_EQ(many.count(), 0u);
    EXPECT_FALSE(many.good());
    RecordReader endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    endless.number();
    EXPECT_FALSE(endless.good());
}

}  // namespace
}  // namespace pith
