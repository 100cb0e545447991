#include "inventory/difference.h"

#include <gmock/gmock.h>

namespace pith::inventory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

File file(std::string path, std::string_view content, std::uint32_t mode = 0644) {
    File out;
    out.path = std::move(path);
    out.mode = mode;
    out.size = content.size();
    out.sha256 = sha256(content);
    return out;
}

Package package(std::string name, std::string version, std::string architecture = "amd64") {
    Package out;
    out.name = std::move(name);
    out.version = std::move(version);
    out.architecture = std::move(architecture);
    return out;
}

std::string text(const ChangedFile& changed) {
    auto path = (changed.file.before ? changed.file.before : changed.file.after)->path;
    std::string out = (!changed.file.before ? "+" : changed.file.after ? "~" : "-") + path;
    for (auto what : changed.what) out += " " + std::string(to_text(what));
    return out;
}

TEST(Difference, NamesWhatChangedInFiles) {
    Inventory before, after;
    before.files = {file("a", "1"), file("b", "1"), file("c", "1"), file("d", "1"), file("e", "1"), file("gone", "1")};
    after.files = {file("a", "1"), file("b", "2"), file("c", "1", 0600), file("d", "2"),
                   file("e", "1"), file("f", "1"), file("later", "1")};
    after.files[3].uid = 7;
    after.files[4].type = archive::EntryType::symlink;
    auto difference = compare(before, after);
    std::vector<std::string> found;
    for (const auto& each : difference.files) found.push_back(text(each));
    EXPECT_THAT(found, ElementsAre("~b content", "~c mode", "~d content owner", "~e type", "+f", "-gone", "+later"));
    EXPECT_THAT(compare(after, after).files, IsEmpty());
}

TEST(Difference, NamesPackagesThatCameWentAndChanged) {
    Inventory before, after;
    before.packages = {package("a", "1"), package("b", "1"), package("c", "1"), package("m", "1", "amd64"),
                       package("m", "1", "i386")};
    after.packages = {package("b", "2"), package("c", "1"), package("d", "1"), package("m", "1", "amd64")};
    std::vector<std::string> found;
    for (const auto& [old, now] : compare(before, after).packages)
        found.push_back((old ? old->name + old->version : "") + ">" + (now ? now->name + now->version : ""));
    EXPECT_THAT(found, ElementsAre("a1>", "b1>b2", ">d1", "m1>"));
}

TEST(Difference, CountsSetuidFilesAndShells) {
    Inventory inventory;
    inventory.files = {file("bin/bash", "", 0755), file("bin/dash", "", 0644), file("bin/su", "", 04755),
                       file("busybox/sh", "", 0755), file("usr/share/doc/sh", "", 0755)};
    auto totals = compare(inventory, {}).before;
    EXPECT_THAT(totals.setuid, ElementsAre("bin/su"));
    EXPECT_THAT(totals.shells, ElementsAre("bin/bash", "busybox/sh"));
}

}  // namespace
}  // namespace pith::inventory
