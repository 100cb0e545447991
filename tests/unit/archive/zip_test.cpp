// Directories of zip archives: as many members as there are, and none where they say what cannot be.
#include "archive/zip.h"

#include <gmock/gmock.h>

#include "base/bytes.h"
#include "support/support.h"

namespace pith::archive {
namespace {

void put(std::string& out, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
}

// So many stored members of one byte, each called by its number (APPNOTE, 4.3.7, 4.3.12, 4.3.14 to 4.3.16).
std::string zip_of(std::size_t count, std::uint64_t said) {
    std::string out, directory;
    for (std::size_t i = 0; i < count; ++i) {
        auto name = std::to_string(i);
        std::string common;  // from the version needed to the length of the extra field
        for (auto [value, width] : {std::pair{20, 2}, {0, 2}, {0, 2}, {0, 4}, {0, 4}, {1, 4}, {1, 4}})
            put(common, static_cast<std::uint64_t>(value), static_cast<std::size_t>(width));
        put(common, name.size(), 2);
        put(common, 0, 2);
        put(directory, 0x02014b50, 4);
        put(directory, 20, 2);
        directory += common + std::string(10, '\0');
        put(directory, out.size(), 4);
        directory += name;
        put(out, 0x04034b50, 4);
        out += common + name + "x";
    }
    auto start = out.size();
    out += directory;
    auto record = out.size();
    put(out, 0x06064b50, 4);
    put(out, 44, 8);
    out += std::string(12, '\0');
    for (std::uint64_t value : {said, said, std::uint64_t{directory.size()}, std::uint64_t{start}}) put(out, value, 8);
    put(out, 0x07064b50, 4);
    put(out, 0, 4);
    put(out, record, 8);
    put(out, 1, 4);
    put(out, 0x06054b50, 4);
    put(out, 0, 4);
    for (int i = 0; i < 2; ++i) put(out, 0xffff, 2);
    for (int i = 0; i < 2; ++i) put(out, 0xffffffff, 4);
    put(out, 0, 2);
    return out;
}

TEST(Zip, ReadsDirectoriesOfMoreThan65535Members) {
    constexpr std::size_t count = 70'000;
    auto file = zip_of(count, count);
    auto members = read_zip(as_bytes(file));
    ASSERT_OK(members);
    ASSERT_EQ(members->size(), count);
    EXPECT_EQ(members->back().name, "69999");
    auto content = zip_content(as_bytes(file), members->back(), 10);
    ASSERT_OK(content);
    EXPECT_EQ(as_text(*content), "x");
}

TEST(Zip, RefusesDirectoriesThatCannotBe) {
    EXPECT_FALSE(read_zip(as_bytes(zip_of(3, 4))));
    EXPECT_FALSE(read_zip(as_bytes(zip_of(3, ~0ULL))));
    const auto whole = zip_of(3, 3);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read_zip(as_bytes(std::string_view(whole).substr(0, size)))) << size;
    // Numbers of the ZIP64 record that are far too large.
    for (std::size_t at = whole.find("PK\x06\x06") + 32; at < whole.find("PK\x06\x07"); ++at) {
        auto file = whole;
        file[at] = '\xff';
        EXPECT_FALSE(read_zip(as_bytes(file))) << at;
    }
}

}  // namespace
}  // namespace pith::archive
