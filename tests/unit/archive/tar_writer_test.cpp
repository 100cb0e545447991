#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "archive/tar_header.h"
#include "base/digest.h"
#include "base/text.h"
#include "support/support.h"

using namespace pith;
using namespace pith::archive;
using namespace std::string_literals;
using testing::HasSubstr;

namespace {

std::string archive_of(const std::vector<TarEntry>& entries) {
    Bytes out;
    for (const auto& entry : entries) append_tar_entry(out, entry);
    append(out, tar_end());
    return std::string(as_text(out));
}

std::size_t extended_headers(std::string_view archive) {
    std::size_t count = 0;
    for (std::size_t at = 0; at + 512 <= archive.size(); at += 512)
        if (archive.substr(at + 257, 5) == "ustar" && archive[at + 156] == 'x') ++count;
    return count;
}

const std::string name100(100, 'n'), name101(101, 'n'), name255(255, 'n');

// One of everything, with names that are hard to write.
std::vector<TarEntry> awkward() {
    static const auto content = as_bytes("content of a file\n");
    auto entry = [](std::string path, EntryType type, std::uint32_t mode, std::string link = "") {
        TarEntry out;
        out.path = std::move(path);
        out.type = type;
        out.mode = mode;
        out.mtime = 1'700'000'000;
        out.link = std::move(link);
        if (type == EntryType::file) out.content = content;
        return out;
    };
    std::vector<TarEntry> entries = {
        entry("./", EntryType::directory, 0755),
        entry("dir", EntryType::directory, 01777),
        entry("dir/" + name100, EntryType::file, 04755),
        entry(name100, EntryType::file, 0644),
        entry(name101, EntryType::file, 0644),
        entry(std::string(155, 'p') + '/' + name100, EntryType::file, 0600),
        entry(std::string(156, 'p') + '/' + name100, EntryType::file, 0600),
        entry(name255 + '/' + name255 + "/x", EntryType::file, 0644),
        entry("long/" + std::string(98, 'l'), EntryType::directory, 0755),
        entry("with space", EntryType::file, 0644),
        entry("new\nline", EntryType::file, 0644),
        entry("ünï/" + std::string(60, 'u') + "öööööööööööööööööööö", EntryType::file, 0644),
        entry("back\\slash\"quote", EntryType::file, 0644),
        entry("soft", EntryType::symlink, 0777, "with space"),
        entry("soft100", EntryType::symlink, 0777, name100),
        entry("soft101", EntryType::symlink, 0777, name101),
        entry("hard", EntryType::hardlink, 0644, "with space"),
        entry("hardlong", EntryType::hardlink, 0600, std::string(156, 'p') + '/' + name100),
        entry("null", EntryType::character_device, 0666),
        entry("disk", EntryType::block_device, 0660),
        entry("pipe", EntryType::fifo, 0600),
        entry("old", EntryType::file, 0644),
        entry("future", EntryType::file, 0644),
        entry("owned", EntryType::file, 0644),
        entry("tagged", EntryType::file, 0755),
        entry("empty", EntryType::file, 0644),
        entry("block", EntryType::file, 0644),
    };
    auto at = [&](std::string_view path) -> TarEntry& { return *std::ranges::find(entries, path, &TarEntry::path); };
    at("null").device_major = 1, at("null").device_minor = 3;
    at("disk").device_major = 0xfff, at("disk").device_minor = 0xfffff;
    at("old").mtime = -86'400;
    at("future").mtime = 1LL << 34;
    at("owned").uid = 4'000'000'000, at("owned").gid = 2'097'152;
    at("tagged").pax = {{"SCHILY.xattr.user.a", "1\n2\0\xff"s}, {"SCHILY.xattr.user.b", ""s + std::string(90, 'v')}};
    at("empty").content = {};
    static const std::string block(512, 'b');
    at("block").content = as_bytes(block);
    return entries;
}

// A header alone is what stands before the content of a whole entry; sizes that ustar cannot hold go to pax.
TEST(TarWriter, HeaderAlone) {
    TarEntry entry;
    entry.path = "file";
    entry.mode = 0644;
    entry.content = as_bytes("content");
    Bytes header, whole;
    append_tar_header(header, entry, entry.content.size());
    append_tar_entry(whole, entry);
    EXPECT_EQ(header.size(), 512U);
    EXPECT_TRUE(std::ranges::equal(header, ByteView(whole).first(512)));

    Bytes large;
    append_tar_header(large, entry, 9 * GiB);
    EXPECT_EQ(extended_headers(as_text(large)), 1U);
    EXPECT_THAT(as_text(large), HasSubstr("size=9663676416\n"));
}

}  // namespace

TEST(TarWriter, TheReaderGetsBackWhatWasWritten) {
    auto entries = awkward();
    auto archive = archive_of(entries);
    TarReader reader(as_bytes(archive));
    for (const auto& wanted : entries) {
        auto next = reader.next();
        ASSERT_OK(next);
        ASSERT_TRUE(*next);
        const auto& got = **next;
        EXPECT_EQ(*clean_path(got.path), *clean_path(wanted.path));
        EXPECT_EQ(got.path.ends_with('/'), wanted.type == EntryType::directory);
        EXPECT_EQ(got.type, wanted.type) << wanted.path;
        EXPECT_EQ(got.mode, wanted.mode);
        EXPECT_EQ(got.uid, wanted.uid);
        EXPECT_EQ(got.gid, wanted.gid);
        EXPECT_EQ(got.mtime, wanted.mtime);
        EXPECT_EQ(got.link, wanted.link);
        EXPECT_EQ(got.device_major, wanted.device_major);
        EXPECT_EQ(got.device_minor, wanted.device_minor);
        EXPECT_EQ(got.pax, wanted.pax);
        EXPECT_TRUE(as_text(got.content) == as_text(wanted.content)) << wanted.path;
    }
    auto last = reader.next();
    ASSERT_OK(last);
    EXPECT_FALSE(*last);
}

TEST(TarWriter, UsesPaxOnlyWhereUstarIsTooSmall) {
    std::vector<std::string> needed;
    for (const auto& entry : awkward())
        if (extended_headers(archive_of({entry})) > 0) needed.push_back(entry.path);
    EXPECT_THAT(needed,
                testing::ElementsAre(name101, std::string(156, 'p') + '/' + name100, name255 + '/' + name255 + "/x",
                                     "soft101", "hardlong", "old", "future", "owned", "tagged"));
}

TEST(TarWriter, LeavesOutWhatDiffersBetweenBuilds) {
    TarEntry entry{.path = "f", .user = "builder", .group = "builder"};
    auto plain = archive_of({TarEntry{.path = "f"}});
    entry.pax = {{"atime", "1.5"}, {"ctime", "2"}, {"uname", "builder"}, {"path", "other"}};
    EXPECT_EQ(archive_of({entry}), plain);
}

TEST(TarWriter, RecordsCountTheirOwnLength) {
    for (std::size_t size : {1, 4, 5, 6, 90, 91, 92, 93, 94, 990, 991, 992, 993, 994}) {
        Pax pax{{"k", std::string(size, 'v')}}, back;
        auto text = write_pax(pax);
        EXPECT_OK(parse_pax(text, back));
        EXPECT_EQ(back, pax);
    }
}

TEST(TarWriter, HasTheSameBytesEverywhere) {
    EXPECT_EQ(sha256(archive_of(awkward())).hex(), "fb39f6b8cd0965766dce315638206098ab58b56b8d7405bc8bd4ffaecbd972ce");
}

// GNU tar's own opinion of every entry: mode, owner, size or device, time, name and link target.
TEST(TarWriter, GnuTarReadsIt) {
    test::Scratch scratch;
    auto entries = awkward();
    auto archive = scratch / "a.tar";
    test::spit(archive, archive_of(entries));
    auto ran = test::sh(fmt::format("TZ=UTC LC_ALL=C tar --numeric-owner --full-time --quoting-style=escape -tvf '{}'",
                                    archive.string()));
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(ran.err, "");
    test::expect_golden("archive/gnu-tar-list.txt", ran.out);

    auto unpacked = test::sh(fmt::format(
        "cd '{}' && mkdir out && tar -xf a.tar -C out --exclude null --exclude disk --no-same-owner && cd out && "
        "cat dir/n* && cat 'with space' hard && cat p*/n* && cat n*/n*/x && readlink soft101 && stat -c %h hardlong && "
        "stat -c %Y old && stat -c %s empty block && cat ün*/*",
        scratch.path().string()));
    ASSERT_EQ(unpacked.exit_code, 0) << unpacked.err;
    auto lines = split(unpacked.out, '\n');
    EXPECT_EQ(std::ranges::count(lines, "content of a file"), 7);
    EXPECT_THAT(unpacked.out, HasSubstr(name101 + "\n2\n-86400\n0\n512\ncontent"));
}
