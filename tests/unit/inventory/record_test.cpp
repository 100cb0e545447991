// An inventory in the cache: the same as one that is made anew, and made anew where the record does not hold.
#include "inventory/inventory_record.h"

#include <gmock/gmock.h>

#include <fstream>

#include "inventory/sbom.h"
#include "unit/inventory/small_image.h"

namespace pith::inventory {
namespace {

using namespace pith::test;
using testing::HasSubstr;

std::vector<std::string> documents(const Inventory& inventory) {
    return {to_spdx(inventory, "1"), to_cyclonedx(inventory, "1"), to_syft_json(inventory, "1"), to_purls(inventory)};
}

std::vector<std::filesystem::path> records_of(const Scratch& scratch) {
    std::vector<std::filesystem::path> out;
    for (const auto& each : std::filesystem::recursive_directory_iterator(scratch / "cache/records/inventories"))
        if (each.is_regular_file()) out.push_back(each.path());
    return out;
}

TEST(InventoryRecord, ComesBackAsItWas) {
    Scratch scratch;
    auto inventory = inventory_of(small_image(), scratch);
    ASSERT_OK(inventory);
    inventory->packages[0].joined = {{"pkg:pypi/x@1", "a/x"}};
    inventory->unread = {{"b", "not read"}};
    auto record = to_record(*inventory);
    auto back = from_record(record, 3);
    ASSERT_TRUE(back);
    EXPECT_EQ(to_record(*back), record);
    EXPECT_EQ(back->packages[0].joined, inventory->packages[0].joined);
    EXPECT_EQ(back->files.size(), inventory->files.size());
    EXPECT_EQ(back->files[0].sha256, inventory->files[0].sha256);
    EXPECT_EQ(back->distribution.codename, "sprout");
}

TEST(InventoryRecord, BrokenOnesGiveNothing) {
    Scratch scratch;
    auto inventory = inventory_of(small_image(), scratch);
    ASSERT_OK(inventory);
    auto record = to_record(*inventory);
    for (std::size_t size = 0; size < record.size(); ++size)
        EXPECT_FALSE(from_record(record.substr(0, size), 3)) << size;
    EXPECT_FALSE(from_record(record + "x", 3));
    EXPECT_FALSE(from_record(record, 2)) << "a file in a layer that the image does not have";
    for (auto damage : {+[](Inventory& each) { each.files[0].package = 2; },
                        +[](Inventory& each) { each.packages[0].files.push_back(each.files.size()); },
                        +[](Inventory& each) { each.packages[1].layers.push_back(3); }}) {
        auto other = *inventory;
        damage(other);
        EXPECT_FALSE(from_record(to_record(other), 3));
    }
}

TEST(InventoryRecord, StandsForTheImage) {
    Scratch scratch;
    auto image = small_image();
    auto first = inventory_of(image, scratch);
    ASSERT_OK(first);
    ASSERT_EQ(records_of(scratch).size(), 1u);
    // Neither layers nor listings are looked at again.
    std::filesystem::remove_all(scratch / "cache/records/listings");
    auto unreadable = image;
    for (auto& layer : unreadable.layers) layer.pieces.clear();
    auto again = inventory_of(unreadable, scratch);
    ASSERT_OK(again);
    again->digest = first->digest;  // of a manifest, which this one's layers are not in
    EXPECT_EQ(documents(*again), documents(*first));
    // Other layers are another image.
    unreadable.layers[0].diff_id = sha256("another");
    EXPECT_FALSE(inventory_of(unreadable, scratch).has_value());
}

TEST(InventoryRecord, IsMadeAgainWhereItIsDamaged) {
    Scratch scratch;
    auto first = inventory_of(small_image(), scratch);
    ASSERT_OK(first);
    auto record = records_of(scratch).at(0);
    for (auto at : {std::uintmax_t{0}, std::uintmax_t{40}, std::filesystem::file_size(record) - 1}) {
        std::fstream file(record, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(at));
        file.put('\x7f');
        file.close();
        auto again = inventory_of(small_image(), scratch);
        ASSERT_OK(again);
        EXPECT_EQ(documents(*again), documents(*first)) << at;
    }
    std::filesystem::resize_file(record, 60);
    EXPECT_OK(inventory_of(small_image(), scratch));
    EXPECT_GT(std::filesystem::file_size(record), 60u);
}

}  // namespace
}  // namespace pith::inventory
