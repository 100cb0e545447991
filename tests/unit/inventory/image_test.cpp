// What is read from an image: packages in both forms of dpkg's database, owners, and what is missing or broken.
#include <gmock/gmock.h>

#include "unit/inventory/small_image.h"

namespace pith::inventory {
namespace {

using namespace pith::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> paths_of(const Inventory& inventory, std::size_t package) {
    std::vector<std::string> out;
    for (const auto& file : inventory.files)
        if (file.package == package) out.push_back(file.path);
    return out;
}

TEST(Inventory, ReadsStatusFolders) {
    Scratch scratch;
    auto inventory = inventory_of(small_image(), scratch);
    ASSERT_OK(inventory);
    ASSERT_EQ(inventory->packages.size(), 2u);
    const auto &data = inventory->packages[0], &tool = inventory->packages[1];
    EXPECT_EQ(data.name, "data");
    EXPECT_EQ(data.source, "data");
    EXPECT_THAT(data.layers, ElementsAre(1));
    EXPECT_EQ(tool.source_version, "1:2.0-1");
    EXPECT_EQ(tool.missing, 1u);
    EXPECT_THAT(tool.licence, HasSubstr("MIT AND LicenseRef-Debian-odd-"));
    // Reached over /lib, which is a link; its own entries in the database are its own.
    EXPECT_THAT(paths_of(*inventory, 0),
                ElementsAre("usr/lib/data", "usr/share/doc/data/copyright", "var/lib/dpkg/status.d/data",
                            "var/lib/dpkg/status.d/data.md5sums"));
    EXPECT_THAT(paths_of(*inventory, 1),
                ElementsAre("etc/tool.conf", "usr/bin/tool", "usr/share/doc/tool/copyright",
                            "var/lib/dpkg/status.d/tool", "var/lib/dpkg/status.d/tool.md5sums"));
    EXPECT_THAT(paths_of(*inventory, unowned), ElementsAre("etc/os-release", "etc/passwd", "lib", "usr/bin/alias"));
    EXPECT_EQ(inventory->distribution.version_id, "12");
    EXPECT_THAT(inventory->notes, IsEmpty());
}

TEST(Inventory, ReadsAnInstalledSystem) {
    Scratch scratch;
    auto image = image_of({layer_of(
        {{tar_file("usr/bin/a", "a"), tar_link("bin", "usr/bin"), tar_file("usr/lib/b", "b"),
          tar_file("var/lib/dpkg/status",
                   "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
                   "Package: never\nStatus: purge ok not-installed\nVersion: 1\n\n"
                   "Package: half\nStatus: install ok half-installed\nVersion: 1\n\n"
                   "Package: odd\nStatus: installed\nVersion: 1\n\n"
                   "Package: b\nStatus: install ok triggers-pending\nVersion: 2\nArchitecture: amd64\n\n"
                   "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nSource: src\n"),
          tar_file("var/lib/dpkg/info/gone.list", "/.\n"), tar_file("var/lib/dpkg/info/a.list", "/.\n/bin\n/bin/a\n"),
          tar_file("var/lib/dpkg/info/b:amd64.list", "/.\n/usr\n/usr/lib\n/usr/lib/b\n")}},
        "")});
    auto inventory = inventory_of(image, scratch);
    ASSERT_OK(inventory);
    std::vector<std::string> names;
    for (const auto& package : inventory->packages) names.push_back(package.name);
    ASSERT_THAT(names, ElementsAre("a", "b", "half", "odd"));
    EXPECT_THAT(paths_of(*inventory, 0), ElementsAre("bin", "usr/bin/a"));
    EXPECT_THAT(paths_of(*inventory, 1), ElementsAre("usr/lib/b"));
    EXPECT_THAT(inventory->notes, ElementsAre(HasSubstr("no os-release")));
}

TEST(Inventory, SeesThatAStatusWasCut) {
    Scratch scratch;
    auto inventory = inventory_of(
        image_of({layer_of({{tar_file("etc/os-release", os_release), tar_file("var/lib/dpkg/info/a.list", "/.\n"),
                             tar_file("var/lib/dpkg/info/b:amd64.list", "/.\n"),
                             tar_file("var/lib/dpkg/status", "Package: a\nVersion: 1\nDescription: cut he")}},
                           "")}),
        scratch);
    ASSERT_OK(inventory);
    ASSERT_EQ(inventory->unread.size(), 1u);
    EXPECT_EQ(inventory->unread[0].path, "var/lib/dpkg/info/b:amd64.list");
    EXPECT_EQ(inventory->unread[0].what, "a package that /var/lib/dpkg/status does not name");
}

TEST(Inventory, SaysWhatItDoesNotKnow) {
    Scratch scratch;
    auto empty = inventory_of(image_of({layer_of({{tar_file("a", "x")}}, "")}), scratch);
    ASSERT_OK(empty);
    EXPECT_THAT(empty->notes, ElementsAre(HasSubstr("no os-release"), HasSubstr("no package database")));

    auto linked = inventory_of(
        image_of({layer_of({{tar_file("etc/os-release", os_release), tar_link("var/lib/dpkg/status", "nowhere"),
                             tar_link("var/lib/dpkg/status.d/x", "x")}},
                           "")}),
        scratch);
    ASSERT_OK(linked);
    EXPECT_THAT(linked->notes, ElementsAre(HasSubstr("not read: /var/lib/dpkg/status: no file"),
                                           HasSubstr("not read: /var/lib/dpkg/status.d/x: no file"),
                                           HasSubstr("no package database")));
}

// A database that cannot be reached is not one that names nothing.
TEST(Inventory, CountsDatabasesBehindLinksThatLeadNowhere) {
    for (const char* target : {"status", "/var/lib/dpkg/other", "/gone", "."}) {
        Scratch scratch;
        auto inventory = inventory_of(
            image_of({layer_of({{tar_file("etc/os-release", os_release), tar_link("var/lib/dpkg/status", target),
                                 tar_link("var/lib/dpkg/other", "status")}},
                               "")}),
            scratch);
        ASSERT_OK(inventory);
        ASSERT_EQ(inventory->unread.size(), 1u) << target;
        EXPECT_EQ(inventory->unread[0].path, "var/lib/dpkg/status");
        EXPECT_THAT(inventory->notes, testing::Contains(HasSubstr("not read: /var/lib/dpkg/status")));
    }
}

TEST(Inventory, RefusesABrokenDatabase) {
    for (auto [text, says] : {std::pair{"Package: a\n", "/var/lib/dpkg/status:1: a package without Version"},
                              std::pair{"Version: 1\n", "without Package"}, std::pair{"no field\n", "status:1"}}) {
        Scratch scratch;
        auto inventory = inventory_of(image_of({layer_of({{tar_file("var/lib/dpkg/status", text)}}, "")}), scratch);
        ASSERT_FALSE(inventory.has_value());
        EXPECT_THAT(inventory.error().text(), HasSubstr(says));
    }
}

TEST(Inventory, IsTheSameOfAFolder) {
    Scratch scratch;
    auto image = small_image();
    struct Quiet : Progress {
        void begin(std::string_view, std::uint64_t) override {}
        void advance(std::uint64_t) override {}
        void end() override {}
        void note(std::string_view) override {}
    } quiet;
    auto place = *oci::Destination::parse("dir:" + (scratch / "root").string());
    ASSERT_OK(oci::write({image}, place, test::no_registries(), quiet));
    auto of_image = inventory_of(image, scratch), of_folder = read_folder(scratch / "root");
    ASSERT_OK(of_image);
    ASSERT_OK(of_folder);
    ASSERT_EQ(of_folder->files.size(), of_image->files.size());
    for (std::size_t i = 0; i < of_image->files.size(); ++i) {
        EXPECT_EQ(of_folder->files[i].path, of_image->files[i].path);
        EXPECT_EQ(of_folder->files[i].sha256, of_image->files[i].sha256);
        EXPECT_EQ(of_folder->files[i].package, of_image->files[i].package);
    }
}

}  // namespace
}  // namespace pith::inventory
