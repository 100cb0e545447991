#include "compose/lock/changelog.h"

#include <gmock/gmock.h>

#include "archive/deflate.h"
#include "compose/lock/changes.h"
#include "unit/compose/world.h"

using namespace pith;
using namespace pith::compose;
using namespace pith::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr std::string_view changelog =
    "nginx (1.22.1-9+deb12u3) bookworm-security; urgency=high\n\n"
    "  * Fix CVE-2025-23419, CVE-2025-1234567 (Closes: #1) and again CVE-2025-23419.\n"
    "  * Not ids: CVE-2025-12, CVE-202-1234, CVE-2025_12345, xCVE-, CVE-\n\n"
    " -- A <a@mirror.example>  Fri, 14 Mar 2025 00:00:00 +0000\n\n"
    "nginx (1.22.1-9+deb12u2) bookworm; urgency=medium\n\n  * Fix CVE-2024-7347.\n\n"
    " -- A <a@mirror.example>  Fri, 14 Feb 2025 00:00:00 +0000\n\n"
    "nginx (1.22.1-9) unstable; urgency=medium\n\n  * CVE-2022-41741\n";

std::string gzipped(std::string_view text) {
    ThreadPool pool(1);
    auto packed = archive::deflate(as_bytes(text), {archive::Compression::gzip}, pool);
    return packed ? std::string(as_text(*packed)) : "";
}

std::string read(World& world, const std::string& package) {
    for (const auto& locked : world.lock.packages)
        if (locked.package.name == package) {
            auto text = read_changelog(world.lock, locked, world.cache);
            return text ? *text : "error: " + text.error().text();
        }
    return "no such package";
}

}  // namespace

TEST(Changelog, NamesWhatNewerEntriesFix) {
    struct {
        const char* since;
        std::vector<std::string> fixed;
    } cases[] = {
        {"1.22.1-9+deb12u3", {}},
        {"1.22.1-9+deb12u2", {"CVE-2025-23419", "CVE-2025-1234567"}},
        {"1.22.1-9", {"CVE-2024-7347", "CVE-2025-23419", "CVE-2025-1234567"}},
        {"0", {"CVE-2022-41741", "CVE-2024-7347", "CVE-2025-23419", "CVE-2025-1234567"}},
        {"9", {}},
    };
    for (const auto& c : cases) EXPECT_EQ(fixed_since(changelog, c.since), c.fixed) << c.since;
    EXPECT_THAT(fixed_since("", "1"), ElementsAre());
    EXPECT_THAT(fixed_since("CVE-2024-1111\nno entry () (\n) (x\n", "1"), ElementsAre("CVE-2024-1111"));
}

TEST(Changelog, IsFoundInThePackageOrInThatWhichItsFolderLeadsTo) {
    World world;
    world.add("own", {file("./usr/share/doc/own/changelog.Debian.gz", gzipped("own"))});
    world.add("linked", {link_to("./usr/share/doc/linked", "own")});
    world.add("absolute", {link_to("./usr/share/doc/absolute", "/usr/share/doc/own")});
    world.add("by-file", {folder("./usr/share/doc/by-file"),
                          link_to("./usr/share/doc/by-file/changelog.Debian.gz", "../own/changelog.Debian.gz")});
    for (const char* package : {"own", "linked", "absolute", "by-file"})
        EXPECT_EQ(read(world, package), "own") << package;

    world.add("none", {file("./usr/share/doc/none/copyright", "x")});
    world.add("bare", {});
    for (const char* package : {"none", "bare"})
        EXPECT_EQ(read(world, package), "error: its changelog is not in the package");
    world.add("away", {link_to("./usr/share/doc/away", "gone")});
    EXPECT_EQ(read(world, "away"),
              "error: its changelog is '/usr/share/doc/gone/changelog.Debian.gz', which no package of the lock has");
    world.add("circle", {link_to("./usr/share/doc/circle", "circle")});
    EXPECT_THAT(read(world, "circle"), HasSubstr("behind more than 8 links"));
    world.add("broken", {file("./usr/share/doc/broken/changelog.Debian.gz", gzipped("text").substr(0, 12))});
    EXPECT_THAT(read(world, "broken"),
                testing::StartsWith("error: broken, usr/share/doc/broken/changelog.Debian.gz: "));
    // Upstream's changelog is none of Debian's, so it counts only in a native package.
    world.add("native", {file("./usr/share/doc/native/changelog.gz", gzipped("native"))});
    EXPECT_EQ(read(world, "native"), "error: its changelog is not in the package");
    world.lock.packages.back().package.version = "1.0";
    EXPECT_EQ(read(world, "native"), "native");
}

TEST(Changelog, AReportTellsWhyThereIsNone) {
    World world;
    world.add("nginx", {file("./usr/share/doc/nginx/changelog.Debian.gz", gzipped(changelog))});
    world.add("silent", {});
    using Kind = PackageChange::Kind;
    std::vector<PackageChange> changes = {{Kind::updated, "nginx", "1.22.1-9+deb12u2", "1.22.1-9+deb12u3", {}, ""},
                                          {Kind::removed, "old", "1", "", {}, ""},
                                          {Kind::updated, "silent", "1", "2", {}, ""}};
    read_fixes(world.lock, world.cache, changes);
    EXPECT_THAT(changes[0].fixes, ElementsAre("CVE-2025-23419", "CVE-2025-1234567"));
    EXPECT_EQ(changes[2].note, "its changelog is not in the package");
}
