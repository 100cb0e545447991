#include "runner/image_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/support.h"

namespace pith::runner {

namespace {

using archive::EntryType;
using archive::TarEntry;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TarEntry entry(std::string path, EntryType type, std::uint32_t mode, std::uint64_t uid = 0, std::uint64_t gid = 0) {
    return {.path = std::move(path), .type = type, .mode = mode, .uid = uid, .gid = gid};
}

TarEntry link(std::string path, std::string target) {
    return {.path = std::move(path), .type = EntryType::symlink, .mode = 0777, .link = std::move(target)};
}

TarEntry text(std::string path, std::string_view content) {
    return {.path = std::move(path), .mode = 0644, .content = as_bytes(content)};
}

Result<ImageFiles> files(const std::vector<TarEntry>& entries) {
    Bytes tar;
    for (const auto& one : entries) append_tar_entry(tar, one);
    append(tar, archive::tar_end());
    return ImageFiles::read(tar);
}

constexpr std::string_view passwd =
    "root:x:0:0:root:/root:/bin/sh\nweb:x:101:102::/:/\nnonroot:x:65532:65532::/home/nonroot:/\nbroken\n";
constexpr std::string_view group = "root:x:0:\nweb:x:102:\nmail:x:8:nonroot,web\nusers:x:100:web\nnonroot:x:65532:\n";

}  // namespace

TEST(ImageFiles, FindsPathsThroughLinkedFolders) {
    auto image = files({link("bin", "usr/bin"), entry("usr/", EntryType::directory, 0755),
                        entry("usr/bin/", EntryType::directory, 0755), entry("usr/bin/dash", EntryType::file, 0755),
                        link("usr/bin/sh", "dash"), link("usr/sbin", "../bin"), link("opt", "/usr/./bin/../bin"),
                        link("loop", "loop/x"), link("self", "self")});
    ASSERT_OK(image);
    EXPECT_THAT(image->matching("/bin/sh"), ElementsAre("/usr/bin/sh"));
    EXPECT_THAT(image->matching("/usr/sbin/*sh"), ElementsAre("/usr/bin/dash", "/usr/bin/sh"));
    EXPECT_THAT(image->matching("/opt/dash"), ElementsAre("/usr/bin/dash"));
    EXPECT_THAT(image->matching("**/dash"), ElementsAre("/usr/bin/dash"));
    EXPECT_THAT(image->matching("/bin"), ElementsAre("/bin"));
    EXPECT_THAT(image->matching("/b*"), ElementsAre("/bin"));
    EXPECT_THAT(image->matching("/bin/bash"), IsEmpty());
    EXPECT_THAT(image->matching("/loop/x/y"), IsEmpty());
    EXPECT_THAT(image->matching("/self/x"), IsEmpty());
    EXPECT_THAT(image->matching("/../../usr/bin/dash"), ElementsAre("/usr/bin/dash"));
}

TEST(ImageFiles, FindsSetuidFiles) {
    auto image = files({entry("a", EntryType::file, 04755), entry("b", EntryType::file, 02755),
                        entry("c", EntryType::file, 0755), entry("d/", EntryType::directory, 02755)});
    EXPECT_THAT(image->setuid(), ElementsAre("/a", "/b"));
}

TEST(ImageFiles, TellsWhatAUserMayWriteTo) {
    auto image = files({entry("./", EntryType::directory, 0755), entry("tmp/", EntryType::directory, 01777),
                        entry("own", EntryType::file, 0644, 5, 0), entry("own-read-only", EntryType::file, 0466, 5, 6),
                        entry("group", EntryType::file, 0664, 0, 6), entry("other-group", EntryType::file, 0664, 0, 7),
                        entry("group-barred", EntryType::file, 0602, 0, 6), link("link", "own")});
    ASSERT_OK(image);
    EXPECT_THAT(image->writable({5, {6}}), ElementsAre("/group", "/own", "/tmp"));
    EXPECT_THAT(image->writable({9, {}}), ElementsAre("/group-barred", "/own-read-only", "/tmp"));
    EXPECT_EQ(image->writable({0, {}}).size(), 7U);
}

TEST(ImageFiles, KnowsWhoRuns) {
    auto image = files({text("etc/passwd", passwd), text("etc/group", group)});
    ASSERT_OK(image);
    struct Case {
        std::string_view user;
        std::uint64_t uid;
        std::vector<std::uint64_t> groups;
    };
    const Case cases[] = {
        {"", 0, {0}},
        {"root", 0, {0}},
        {"65532", 65532, {65532, 8}},
        {"nonroot", 65532, {65532, 8}},
        {"web", 101, {102, 8, 100}},
        {"web:mail", 101, {8}},
        {"7", 7, {0}},
        {"7:9", 7, {9}},
    };
    for (const auto& c : cases) {
        auto identity = image->identity(c.user);
        ASSERT_OK(identity);
        EXPECT_EQ(identity->uid, c.uid) << c.user;
        EXPECT_EQ(identity->groups, c.groups) << c.user;
    }
    EXPECT_EQ(image->identity("nobody").error().code, ErrorCode::not_found);
    EXPECT_EQ(image->identity("web:nobody").error().code, ErrorCode::not_found);
    EXPECT_EQ(image->identity("web:").error().code, ErrorCode::not_found);
}

TEST(ImageFiles, RefusesHostileTars) {
    EXPECT_FALSE(files({entry("../x", EntryType::file, 0644)}));
    EXPECT_FALSE(files({entry("/x", EntryType::file, 0644)}));
    std::string large(MiB + 1, 'x');
    auto image = files({text("etc/passwd", large)});
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().code, ErrorCode::limit);
    EXPECT_FALSE(ImageFiles::read(as_bytes(std::string_view("not a tar"))));
}

}  // namespace pith::runner
