#include <gtest/gtest.h>

#include <fmt/format.h>

#include "pkg/deb/deb_file.h"
#include "support/support.h"
#include "unit/pkg_deb/build.h"

using namespace pith;
using namespace pith::pkg::deb;
using namespace pith::test;
using archive::EntryType;
using archive::TarEntry;

namespace {

// "PATH[ -> LINK] " of each entry, or the error.
std::string dump(const std::vector<TarEntry>& entries, const DebLimits& limits = {}) {
    auto tar = make_tar(entries);
    auto payload = read_payload(as_bytes(tar), limits);
    if (!payload) return payload.error().text();
    std::string out;
    for (const auto& entry : *payload)
        out += fmt::format("{}{} ", entry.path, entry.link.empty() ? "" : " -> " + entry.link);
    return out;
}

}  // namespace

TEST(Payload, SortsAndCleans) {
    EXPECT_EQ(dump({}), "");
    EXPECT_EQ(dump({folder("./"), file("./b"), folder("./a/"), file("./a/x")}), " a a/x b ");
    EXPECT_EQ(dump({folder("a"), folder("./a/"), file("a/x")}), "a a/x ");
    EXPECT_EQ(dump({file("a-b"), file("a.b"), folder("a"), file("a/c")}), "a a-b a.b a/c ");
}

TEST(Payload, LeadsHardLinksToTheirFile) {
    EXPECT_EQ(
        dump({file("./z", "x"), link_to("./a", "./z", EntryType::hardlink), link_to("./m", "a", EntryType::hardlink)}),
        "a -> z m -> z z ");
    struct Row {
        std::vector<TarEntry> entries;
        const char* message;
    };
    for (const auto& [entries, message] :
         {Row{{link_to("a", "z", EntryType::hardlink)}, "'a': a hard link to 'z', which is not a file before it"},
          Row{{link_to("a", "a", EntryType::hardlink)}, "'a': a hard link to 'a', which is not a file before it"},
          Row{{link_to("a", "z", EntryType::hardlink), file("z")},
              "'a': a hard link to 'z', which is not a file before it"},
          Row{{folder("z"), link_to("a", "z", EntryType::hardlink)},
              "'a': a hard link to 'z', which is not a file before it"},
          Row{{link_to("z", "x"), link_to("a", "z", EntryType::hardlink)},
              "'a': a hard link to 'z', which is not a file before it"}})
        EXPECT_EQ(dump(entries), message);
    EXPECT_TRUE(dump({link_to("a", "../etc/shadow", EntryType::hardlink)}).starts_with("hard link 'a': "));
    EXPECT_TRUE(dump({link_to("a", "/etc/shadow", EntryType::hardlink)}).starts_with("hard link 'a': "));
}

TEST(Payload, RefusesWhatLeavesTheRoot) {
    for (const auto* path : {"../a", "/etc/passwd", "a/../../b", "./..", "a/.."}) {
        auto tar = make_tar({file(path)});
        auto payload = read_payload(as_bytes(tar));
        ASSERT_FALSE(payload) << path;
        EXPECT_EQ(payload.error().code, ErrorCode::format);
        EXPECT_NE(payload.error().text().find(path), std::string::npos) << payload.error().text();
    }
    struct Row {
        const char *path, *target;
        bool refused;
    };
    for (auto [path, target, refused] :
         {Row{"usr/lib/a", "../../b", false}, Row{"usr/lib/a", "../../../b", true}, Row{"a", "..", true},
          Row{"a", "b/../c", false}, Row{"a", "b/../../c", true}, Row{"usr/a", "/etc/b", false},
          Row{"usr/a", "/../b", true}, Row{"usr/a", "/", false}, Row{"usr/lib/a", "..//./../b", false},
          Row{"usr/a", "...", false}})
        EXPECT_EQ(dump({link_to(path, target)}),
                  refused ? fmt::format("'{}': the symbolic link to '{}' leaves the root", path, target)
                          : fmt::format("{} -> {} ", path, target));
    EXPECT_EQ(dump({file("a\nb")}), "'a\\x0ab': a line feed in a path");
    EXPECT_EQ(dump({file(".")}), "the root is not a folder");
}

TEST(Payload, RefusesDevicesAndFifos) {
    for (auto type : {EntryType::character_device, EntryType::block_device, EntryType::fifo}) {
        auto tar = make_tar({{.path = "./dev/x", .type = type, .mode = 0666, .device_major = 1, .device_minor = 3}});
        auto payload = read_payload(as_bytes(tar));
        ASSERT_FALSE(payload);
        EXPECT_EQ(payload.error().code, ErrorCode::unsupported);
        EXPECT_TRUE(payload.error().text().starts_with("'dev/x': a ")) << payload.error().text();
    }
}

TEST(Payload, RefusesOnePathTwiceAndPathsBelowFiles) {
    struct Row {
        std::vector<TarEntry> entries;
        const char* message;
    };
    for (const auto& [entries, message] :
         {Row{{file("a"), file("./a")}, "'a': the path stands twice"},
          Row{{folder("a"), file("a")}, "'a': the path stands twice"},
          Row{{folder("a"), folder("a", 0700)}, "'a': the path stands twice"},
          Row{{file("a"), link_to("a", "/etc")}, "'a': the path stands twice"},
          Row{{link_to("a", "/etc"), file("a/passwd")}, "'a/passwd': stands below 'a', which is not a folder"},
          Row{{file("a/b/c"), link_to("a", "/etc")}, "'a/b/c': stands below 'a', which is not a folder"},
          Row{{file("a"), file("a-b"), file("a/b")}, "'a/b': stands below 'a', which is not a folder"}})
        EXPECT_EQ(dump(entries), message);
}

TEST(Payload, BoundsEntriesAndNames) {
    std::vector<TarEntry> entries;
    for (int i = 0; i < 11; ++i) entries.push_back(file(fmt::format("file{:04}", i)));
    EXPECT_EQ(dump(entries, {.most_names = 88}).substr(0, 8), "file0000");
    EXPECT_EQ(dump(entries, {.most_names = 87}), "paths of over 87 B together");
    auto tar = make_tar(entries);
    EXPECT_OK(read_payload(as_bytes(tar), {.most_entries = 11}));
    EXPECT_EQ(read_payload(as_bytes(tar), {.most_entries = 10}).error().code, ErrorCode::limit);
}

TEST(Payload, KeepsOwnersModesAndContent) {
    std::string content = "#!/bin/sh\n";
    TarEntry entry = file("./usr/bin/x", content, 04755);
    entry.gid = 42;
    entry.mtime = 1700000000;
    auto tar = make_tar({entry});
    auto payload = read_payload(as_bytes(tar));
    ASSERT_OK(payload);
    EXPECT_EQ(payload->at(0).mode, 04755U);
    EXPECT_EQ(payload->at(0).gid, 42U);
    EXPECT_EQ(payload->at(0).mtime, 1700000000);
    EXPECT_EQ(as_text(payload->at(0).content), content);
}
