#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "archive/inflate.h"
#include "archive/tar_header.h"
#include "support/support.h"

using namespace pith;
using namespace pith::archive;
using namespace std::string_literals;
using testing::HasSubstr;

namespace {

// A header block with the checksum made right, to be broken in one way a test wants.
struct Block {
    TarHeader header{};

    Block(std::string_view name, char type, std::int64_t size = 0) {
        std::ranges::copy(name, header.name);
        header.type = type;
        put_octal(header.size, size);
        put_octal(header.mode, 0644);
        std::ranges::copy("ustar", header.magic);
    }
    Block& with(std::span<char> field, std::string_view bytes) {
        std::ranges::fill(field, '\0');
        std::ranges::copy(bytes, field.begin());
        return *this;
    }
    [[nodiscard]] std::string text(std::string_view content = "") {
        put_octal(header.checksum, tar_checksum(header));
        auto out = std::string(as_text(std::as_bytes(std::span(&header, 1))));
        out += content;
        out.resize((out.size() + tar_block - 1) / tar_block * tar_block);
        return out;
    }
};

std::string pax(std::string_view records, char type = 'x') {
    return Block("pax", type, static_cast<std::int64_t>(records.size())).text(records);
}

std::string record(std::string_view key, std::string_view value) {
    return write_pax({{std::string(key), std::string(value)}});
}

const std::string file = Block("f", '0', 2).text("hi");
const std::string end(1024, '\0');

// The entries' content points into `archive`, which must outlive them where that is looked at.
Result<std::vector<TarEntry>> read_all(std::string_view archive, TarLimits limits = {}) {
    TarReader reader(as_bytes(archive), limits);
    std::vector<TarEntry> entries;
    while (auto entry = TRY(reader.next())) entries.push_back(std::move(*entry));
    if (TRY(reader.next())) return fail(ErrorCode::internal, "an entry behind the end");
    return entries;
}

// The one entry of an archive that has one.
TarEntry only(std::string_view archive) {
    auto entries = read_all(archive);
    EXPECT_OK(entries);
    if (!entries || entries->size() != 1) {
        ADD_FAILURE() << "not one entry";
        return {};
    }
    return entries->front();
}

}  // namespace

TEST(TarReader, EndsAtZerosOrAtTheBorderOfABlock) {
    for (const auto& ending : {""s, end, std::string(512, '\0'), std::string(10240, '\0'), std::string(700, '\0')}) {
        auto archive = file + file + ending;
        auto entries = read_all(archive);
        ASSERT_OK(entries);
        ASSERT_EQ(entries->size(), 2U);
        EXPECT_EQ(as_text((*entries)[1].content), "hi");
    }
    auto empty = read_all("");
    ASSERT_OK(empty);
    EXPECT_TRUE(empty->empty());
}

TEST(TarReader, PointsIntoTheArchive) {
    auto entry = TarReader(as_bytes(file)).next();
    ASSERT_OK(entry);
    EXPECT_EQ(static_cast<const void*>((*entry)->content.data()), file.data() + 512);
}

TEST(TarReader, ReadsNumbers) {
    Block block("f", '0');
    block.with(block.header.uid, "  1750 ").with(block.header.gid, "").with(block.header.mode, "100755 ");
    block.with(block.header.mtime, "\x80\0\0\0\0\0\0\1\0\0\0\2"s);
    auto entry = only(block.text());
    EXPECT_EQ(entry.uid, 01750U);
    EXPECT_EQ(entry.gid, 0U);
    EXPECT_EQ(entry.mode, 0755U);
    EXPECT_EQ(entry.mtime, 0x100000002);

    block.with(block.header.mtime, std::string(11, '\xff') + '\xfe')
        .with(block.header.uid, "\x80\0\0\0\xff\xff\xff\xff"s);
    entry = only(block.text());
    EXPECT_EQ(entry.mtime, -2);
    EXPECT_EQ(entry.uid, 0xffffffffU);
}

TEST(TarReader, TakesChecksumsOfOldWriters) {
    Block block("caf\xc3\xa9", '0');
    (void)block.text();
    put_octal(block.header.checksum, tar_checksum(block.header, true));
    ASSERT_NE(tar_checksum(block.header), tar_checksum(block.header, true));
    EXPECT_EQ(only(as_text(std::as_bytes(std::span(&block.header, 1)))).path, "caf\xc3\xa9");
}

TEST(TarReader, ReadsV7) {
    Block directory("d/", '\0'), link("l", '2');
    directory.with(directory.header.magic, "").with(directory.header.user, "garbage");
    link.with(link.header.link, std::string(100, 't'));
    auto entries = read_all(directory.text() + link.text());
    ASSERT_OK(entries);
    EXPECT_EQ((*entries)[0].type, EntryType::directory);
    EXPECT_EQ((*entries)[0].user, "");
    EXPECT_EQ((*entries)[1].link, std::string(100, 't'));
}

TEST(TarReader, AppliesPax) {
    auto records = record("path", "dir/long") + record("path", "dir/longer") + record("mtime", "-12.75") +
                   record("uid", "4000000000") + record("gid", "7") + record("uname", "someone") + record("size", "2") +
                   record("SCHILY.xattr.user.b", "1\n2\0"s) + record("APK-TOOLS.checksum.SHA1", "aa") +
                   record("comment", "") + record("gname", "");
    Block block("f", '0', 1000);
    block.with(block.header.group, "staff");
    auto archive = pax(record("comment", "a commit"), 'g') + pax(records) + block.text("hi") + file;
    auto entries = read_all(archive);
    ASSERT_OK(entries);
    ASSERT_EQ(entries->size(), 2U);
    const auto& entry = entries->front();
    EXPECT_EQ(entry.path, "dir/longer");
    EXPECT_EQ(entry.mtime, -12);
    EXPECT_EQ(entry.uid, 4000000000U);
    EXPECT_EQ(entry.gid, 7U);
    EXPECT_EQ(entry.user, "someone");
    EXPECT_EQ(entry.group, "staff");
    EXPECT_EQ(as_text(entry.content), "hi");
    using Record = std::pair<std::string, std::string>;
    EXPECT_THAT(entry.pax, testing::ElementsAre(Record{"APK-TOOLS.checksum.SHA1", "aa"},
                                                Record{"SCHILY.xattr.user.b", "1\n2\0"s}));
    EXPECT_EQ((*entries)[1].path, "f");
    EXPECT_TRUE((*entries)[1].pax.empty());
}

TEST(TarReader, AppliesGnuLongNames) {
    auto path = std::string(150, 'p') + '/' + std::string(150, 'q'), target = std::string(300, 't');
    Block link("truncated", '2');
    link.with(link.header.link, "truncated");
    auto archive = Block("././@LongLink", 'K', 301).text(target + '\0') +
                   Block("././@LongLink", 'L', 302).text(path + '\0') + link.text();
    auto entry = only(archive);
    EXPECT_EQ(entry.path, path);
    EXPECT_EQ(entry.link, target);
}

TEST(TarReader, ReadsDevices) {
    Block block("null", '3');
    put_octal(block.header.device_major, 1);
    put_octal(block.header.device_minor, 3);
    auto entry = only(block.text());
    EXPECT_EQ(entry.type, EntryType::character_device);
    EXPECT_EQ(entry.device_major, 1U);
    EXPECT_EQ(entry.device_minor, 3U);
}

TEST(TarReader, RefusesWhatBreaksTheFormat) {
    auto broken = [](auto change, char type = '0') {
        Block block("f", type);
        change(block);
        return block.text();
    };
    auto size = [&](std::string_view bytes) {
        return broken([&](Block& block) { block.with(block.header.size, bytes); });
    };
    struct Case {
        std::string bytes, message;
        ErrorCode code = ErrorCode::format;
    };
    auto flipped = file;
    flipped[3] = 'x';
    const Case cases[] = {
        {file + flipped, "tar entry at byte 1024: this is no tar header"},
        {file + file.substr(0, 100), "tar entry at byte 1024: truncated: only 100 bytes of a header"},
        {file.substr(0, 513), "f: truncated: it has 2 bytes of content, and 1 are left"},
        {file.substr(0, 600), "f: truncated: it has 2 bytes of content, and 88 are left"},
        {file + end + file, "other bytes follow, the first one at byte 2048"},
        {file + std::string(512, '\0') + "x", "other bytes follow, the first one at byte 1536"},
        {size("77777777777"), "f: truncated: it has 8589934591 bytes"},
        {size("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"s), "f: truncated: it has 9223372036854775807 bytes"},
        {size("\x80\0\0\1\0\0\0\0\0\0\0\0"s), "is no size"},
        {size("\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"s), "is no size"},
        {size("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s), "is no size"},
        {size("-1"), "'-1\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00' is no size"},
        {size("12x"), "is no size"},
        {size("8"), "is no size"},
        {broken([](Block& block) { block.with(block.header.uid, "rootroot"); }), "'rootroot' is no uid"},
        {broken([](Block& block) { block.with(block.header.name, ""); }), "its path is empty"},
        {broken([](Block&) {}, '2'), "its link target is empty"},
        {broken([](Block&) {}, 'S'), "entries of type 'S' are not read", ErrorCode::unsupported},
        {broken([](Block&) {}, 'M'), "entries of type 'M' are not read", ErrorCode::unsupported},
        {broken([](Block&) {}, '\xff'), "entries of type '\\xff' are not read", ErrorCode::unsupported},
        {broken([](Block& block) { put_octal(block.header.size, 1); }, '5'), "'f' is no file and yet has 1 bytes",
         ErrorCode::unsupported},
        {broken([](Block& block) { block.with(block.header.device_major, "\x80\0\0\1\0\0\0\0"s); }, '3'),
         "is no device number"},
        {pax(record("path", "x")), "an extended header stands before no entry"},
        {pax(record("path", "x")) + end, "an extended header stands before no entry"},
        {pax(record("path", "a\0b"s)) + file, "its path has a NUL byte"},
        {pax(record("uid", "-1")) + file, "'-1' is no uid"},
        {pax(record("size", "1e9")) + file, "'1e9' is no size"},
        {pax(record("mtime", "99999999999999999999")) + file, "is no mtime"},
        {pax(record("GNU.sparse.major", "1")) + file, "it is a sparse file", ErrorCode::unsupported},
        {pax(record("path", "x"), 'g') + file, "a global pax header sets 'path'", ErrorCode::unsupported},
        {pax("no record") + file, "bad pax record 'no record'"},
        {pax("999 a=b\n") + file, "bad pax record"},
        {pax("6 a=bc\n") + file, "bad pax record"},
        {pax("1 \n") + file, "bad pax record"},
        {pax("2 \n") + file, "bad pax record"},
        {pax("99999999999999999999999 a=b\n") + file, "bad pax record"},
        {pax("5 ab\n") + file, "pax record 'ab' has no key"},
        {pax("6 =ab\n") + file, "pax record '=ab' has no key"},
    };
    for (const auto& c : cases) {
        auto entries = read_all(c.bytes);
        ASSERT_FALSE(entries) << c.message;
        EXPECT_EQ(entries.error().code, c.code) << c.message;
        EXPECT_THAT(entries.error().text(), HasSubstr(c.message));
        EXPECT_THAT(entries.error().text(), HasSubstr("tar entry at byte "));
    }
}

TEST(TarReader, HoldsTheBounds) {
    struct Case {
        std::string bytes;
        TarLimits limits;
        std::string message;
    };
    auto path = pax(record("path", std::string(101, 'p')));
    const Case cases[] = {
        {file + file + file, {.most_entries = 2}, "more than 2 entries"},
        {path + file, {.most_path = 100}, "its path has more than 100 bytes"},
        {pax(record("linkpath", std::string(101, 'p'))) + Block("l", '2').text(),
         {.most_path = 100},
         "its link target has more than 100 bytes"},
        {path + file, {.most_pax = 100}, "the extended headers of one entry have more than 100 B"},
        {path + path + file, {.most_pax = 200}, "the extended headers of one entry have more than 200 B"},
    };
    for (const auto& c : cases) {
        auto entries = read_all(c.bytes, c.limits);
        ASSERT_FALSE(entries) << c.message;
        EXPECT_EQ(entries.error().code, ErrorCode::limit);
        EXPECT_THAT(entries.error().text(), HasSubstr(c.message));
    }
}

// Every format GNU tar writes, over a tree with awkward names.
TEST(TarReader, ReadsWhatGnuTarWrites) {
    test::Scratch scratch;
    auto root = scratch / "root";
    auto deep = std::string(90, 'd') + '/' + std::string(90, 'e') + '/' + std::string(90, 'f');
    test::spit(root / "short", "content");
    test::spit(root / "with space é\nnewline", "");
    ASSERT_EQ(test::sh(fmt::format("cd '{}' && ln short hard && ln -s short soft && mkfifo pipe && chmod 2755 .",
                                   root.string()))
                  .exit_code,
              0);
    for (std::string format : {"v7", "oldgnu", "gnu", "ustar", "posix"}) {
        if (format == "gnu") test::spit(root / deep / "file", "deep");
        if (format == "ustar") std::filesystem::remove_all(root / std::string(90, 'd'));
        if (format == "posix") {
            test::spit(root / deep / "file", "deep");
            std::filesystem::create_symlink(std::string(300, 't'), root / "long");
        }
        auto archive = scratch / (format + ".tar");
        auto ran = test::sh(fmt::format("cd '{}' && {} tar --format={} --sort=name -cf '{}' .", root.string(),
                                        "LC_ALL=C", format, archive.string()));
        auto fifo_lost = format == "v7";
        if (fifo_lost) ran.exit_code = 0;  // tar says that v7 has no pipes, and leaves it out
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        auto bytes = test::slurp(archive);
        auto entries = read_all(bytes);
        ASSERT_OK(entries);
        std::map<std::string, TarEntry> by_path;
        for (auto& entry : *entries) by_path[*clean_path(entry.path)] = entry;
        EXPECT_EQ(by_path[""].type, EntryType::directory) << format;
        EXPECT_EQ(by_path[""].mode, 02755U);
        EXPECT_TRUE(by_path.contains("with space é\nnewline"));
        // Of two names of one file tar makes the one it meets first the file.
        EXPECT_EQ(as_text(by_path["hard"].content), "content");
        EXPECT_EQ(by_path["short"].type, EntryType::hardlink);
        EXPECT_EQ(by_path["short"].link, "./hard");
        EXPECT_EQ(by_path["soft"].link, "short");
        EXPECT_EQ(by_path.contains("pipe"), !fifo_lost);
        EXPECT_EQ(by_path.contains(deep + "/file"), format == "gnu" || format == "posix") << format;
        if (format == "posix") {
            EXPECT_EQ(by_path["long"].link, std::string(300, 't'));
        }
        EXPECT_GT(by_path["hard"].mtime, 1'500'000'000);
    }
}

// Signature, control and data of an .apk are three gzip members, which inflate to one archive whose first
// two parts have no end.
TEST(TarReader, ReadsAnApk) {
    auto package = test::shared("apk/hello-0.1.0-r0.apk");
    PITH_NEED(package, "../shared/data");
    auto bytes = test::slurp(*package);
    auto inflated = inflate(as_bytes(bytes), Compression::gzip);
    ASSERT_OK(inflated);
    auto entries = read_all(as_text(inflated->bytes()));
    ASSERT_OK(entries);
    ASSERT_EQ(entries->size(), 2U);
    EXPECT_EQ((*entries)[0].path, ".PKGINFO");
    EXPECT_TRUE(as_text((*entries)[0].content).starts_with("# Generated by melange"));
    EXPECT_EQ((*entries)[1].path, "hello");
    EXPECT_EQ((*entries)[1].mode, 0755U);
    ASSERT_EQ((*entries)[1].pax.size(), 1U);
    EXPECT_EQ((*entries)[1].pax[0].first, "APK-TOOLS.checksum.SHA1");
}
