#include "pkg/deb/deb_file.h"

#include <gtest/gtest.h>

#include "archive/deflate.h"
#include "base/file.h"
#include "support/support.h"
#include "unit/pkg_deb/build.h"

using namespace pith;
using namespace pith::pkg::deb;
using namespace pith::test;

namespace {

std::string error_of(const std::string& deb, const DebLimits& limits = {}) {
    auto read = read_deb(as_bytes(deb), limits);
    return read ? "no error" : read.error().text();
}

const std::string empty_tar = make_tar({});

std::string compress(std::string_view text, archive::Compression compression) {
    ThreadPool pool(1);
    auto out = archive::deflate(as_bytes(text), {compression}, pool);
    EXPECT_TRUE(out);
    return std::string(as_text(*out));
}

}  // namespace

TEST(DebFile, ReadsWhatDpkgBuilds) {
    PITH_NEED(have("dpkg-deb"), "dpkg-deb");
    for (const auto* compression : {"none", "gzip", "xz", "zstd"}) {
        Scratch scratch;
        spit(scratch / "p/DEBIAN/control",
             "Package: hello\nVersion: 1.0-1\nArchitecture: amd64\nMaintainer: A <a@b.example>\nDescription: x\n y\n"
             "Depends: libc6 (>= 2.34)\n");
        spit(scratch / "p/DEBIAN/postinst", "#!/bin/sh\nset -e\n");
        spit(scratch / "p/DEBIAN/conffiles", "/etc/hello.conf\n");
        spit(scratch / "p/DEBIAN/triggers", "activate-noawait ldconfig\n");
        spit(scratch / "p/DEBIAN/md5sums", "900150983cd24fb0d6963f7d28e17f72  usr/bin/hello\n");
        spit(scratch / "p/etc/hello.conf", "a=b\n");
        spit(scratch / "p/usr/bin/hello", "abc");
        auto built = sh("cd " + scratch.path().string() +
                        "; chmod 755 p/DEBIAN/postinst; ln -s hello p/usr/bin/hi; ln p/usr/bin/hello p/usr/bin/huhu; "
                        "dpkg-deb --root-owner-group --uniform-compression -Z" +
                        compression + " -b p hello.deb");
        ASSERT_EQ(built.exit_code, 0) << built.err;
        auto file = MappedFile::open(scratch / "hello.deb");
        ASSERT_OK(file);
        auto deb = read_deb(file->bytes());
        ASSERT_OK(deb);
        EXPECT_EQ(deb->package.name, "hello");
        EXPECT_EQ(deb->package.depends.at(0).at(0).version, "2.34");
        EXPECT_TRUE(deb->control.starts_with("Package: hello\n"));
        EXPECT_EQ(deb->scripts, (std::map<std::string, std::string>{{"postinst", "#!/bin/sh\nset -e\n"}}));
        EXPECT_EQ(deb->conffiles.at(0).path, "etc/hello.conf");
        EXPECT_EQ(deb->triggers.at(0).name, "ldconfig");
        EXPECT_EQ(deb->md5sums.at(0).path, "usr/bin/hello");
        std::string tree;
        for (const auto& entry : deb->entries)
            tree += entry.path + (entry.link.empty() ? " " : "->" + entry.link + " ");
        EXPECT_EQ(tree, " etc etc/hello.conf usr usr/bin usr/bin/hello usr/bin/hi->hello usr/bin/huhu->usr/bin/hello ");
        EXPECT_EQ(as_text(deb->entries.at(5).content), "abc") << compression;
    }
}

TEST(DebFile, MovesWithItsData) {
    auto bytes = make_deb(make_tar({file("./a", "content")}));
    auto deb = read_deb(as_bytes(bytes));
    ASSERT_OK(deb);
    auto moved = std::make_unique<DebFile>(std::move(*deb));
    bytes.assign(bytes.size(), 'x');
    EXPECT_EQ(as_text(moved->entries.at(0).content), "content");
}

TEST(DebFile, HoldsToTheOrderOfMembers) {
    struct Row {
        std::vector<std::pair<std::string, std::string>> members;
        const char* message;
    };
    const std::pair<std::string, std::string> version{"debian-binary", "2.0\n"}, control{"control.tar", control_tar()},
        data{"data.tar", empty_tar};
    for (const auto& [members, message] :
         {Row{{version, control, data}, "no error"},
          Row{{version, {"_x", "?"}, control, {"_y", ""}, data, {"_gpgorigin", "?"}}, "no error"},
          Row{{{"debian-binary", "2.1\nmore\n"}, control, data}, "no error"},
          Row{{{"debian-binary/", "2.0\n"}, {"control.tar/", control.second}, {"data.tar/", empty_tar}}, "no error"},
          Row{{}, "not a Debian package: the first member is not 'debian-binary'"},
          Row{{control, version, data}, "not a Debian package: the first member is not 'debian-binary'"},
          Row{{{"debian-binary", "3.0\n"}, control, data}, "debian-binary: format 3.0; pith reads format 2"},
          Row{{{"debian-binary", "two\n"}, control, data}, "debian-binary: 'two' is not a format version"},
          Row{{{"debian-binary", ""}, control, data}, "debian-binary: '' is not a format version"},
          Row{{version, data, control}, "member 'data.tar' where control.tar should be"},
          Row{{version, {"x", ""}, control, data}, "member 'x' where control.tar should be"},
          Row{{version, control, {"control.tar.gz", ""}}, "member 'control.tar.gz' where data.tar should be"},
          Row{{version, control}, "there is no member data.tar"}, Row{{version}, "there is no member control.tar"},
          Row{{version, control, data, {"data.tar.gz", ""}}, "member 'data.tar.gz' after data.tar"},
          Row{{version, control, {"data.tar.bz2", ""}},
              "member 'data.tar.bz2': pith reads data.tar as .gz, .xz, .zst or without compression"},
          Row{{version, {"control.tar.", ""}, data},
              "member 'control.tar.': pith reads control.tar as .gz, .xz, .zst or without compression"}})
        EXPECT_EQ(error_of(make_ar(members)), message);
}

TEST(DebFile, RefusesABrokenControlMember) {
    struct Row {
        std::string tar;
        const char* message;
    };
    for (const auto& [tar, message] :
         {Row{make_tar({folder("./")}), "control.tar: there is no file 'control'"},
          Row{control_tar({file("./control")}), "control.tar: the file 'control' stands twice"},
          Row{control_tar({folder("./x")}), "control.tar: './x/' is not a plain file in its root"},
          Row{control_tar({file("./x/y")}), "control.tar: './x/y' is not a plain file in its root"},
          Row{control_tar({link_to("./postinst", "/bin/sh")}),
              "control.tar: './postinst' is not a plain file in its root"},
          Row{control_tar({file("md5sums", "x")}),
              "control.tar: md5sums:1: 'x' is not an MD5 digest, two spaces, a path"},
          Row{control_tar({file("conffiles", "x")}), "control.tar: conffiles:1: 'x' is not an absolute path"},
          Row{control_tar({file("triggers", "x")}), "control.tar: triggers:1: 'x' is not a directive for triggers"},
          Row{make_tar({file("control", "Package: a\nVersion: 1\nArchitecture: all\nDepends: b (\n")}),
              "control.tar: control:4: package a, Depends: one of << <= = >= >> is missing at the end of 'b ('"}})
        EXPECT_EQ(error_of(make_deb(empty_tar, tar)), message);
    EXPECT_EQ(error_of(make_deb(empty_tar, control_tar({file("shlibs", "?"), file("symbols", "?")}))), "no error");
}

TEST(DebFile, SaysWhichMemberIsTruncated) {
    auto tar = make_tar({file("./a", std::string(5000, 'x'))});
    auto whole = make_deb(tar);
    ASSERT_EQ(error_of(whole), "no error");
    for (std::size_t size = 0; size < whole.size(); size += 97)
        EXPECT_NE(error_of(whole.substr(0, size)), "no error") << "cut to " << size << " bytes";
    for (auto [suffix, compression] :
         {std::pair{".gz", archive::Compression::gzip}, {".zst", archive::Compression::zstd}}) {
        auto packed = compress(tar, compression);
        auto deb = make_ar({{"debian-binary", "2.0\n"},
                            {"control.tar", control_tar()},
                            {std::string("data.tar") + suffix, packed.substr(0, packed.size() - 9)}});
        EXPECT_TRUE(error_of(deb).starts_with(std::string("data.tar") + suffix + ": ")) << error_of(deb);
        deb = make_ar(
            {{"debian-binary", "2.0\n"}, {"control.tar", control_tar()}, {std::string("data.tar") + suffix, tar}});
        EXPECT_TRUE(error_of(deb).starts_with(std::string("data.tar") + suffix + ": ")) << error_of(deb);
    }
    // Half a tar: the content of its only file is not all there.
    EXPECT_TRUE(error_of(make_deb(tar.substr(0, 3072))).starts_with("data.tar: "))
        << error_of(make_deb(tar.substr(0, 3072)));
}

TEST(DebFile, StopsABombEarly) {
    // 40 times the frames of 256 MiB of zeros: 10 GiB in little over 1 MiB.
    auto part = compress(std::string(256 * MiB, '\0'), archive::Compression::zstd);
    std::string bomb;
    for (int i = 0; i < 40; ++i) bomb += part;
    ASSERT_LT(bomb.size(), 2 * MiB);
    auto deb = make_ar({{"debian-binary", "2.0\n"}, {"control.tar", control_tar()}, {"data.tar.zst", bomb}});
    auto read = read_deb(as_bytes(deb));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::limit);
    EXPECT_TRUE(read.error().text().starts_with("data.tar.zst: ")) << read.error().text();

    auto control = compress(control_tar({file("postinst", std::string(16 * MiB, ' '))}), archive::Compression::gzip);
    read =
        read_deb(as_bytes(make_ar({{"debian-binary", "2.0\n"}, {"control.tar.gz", control}, {"data.tar", empty_tar}})));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::limit);
    EXPECT_TRUE(read.error().text().starts_with("control.tar.gz: ")) << read.error().text();
}

TEST(DebFile, NamesThePathOfAHostileEntry) {
    EXPECT_TRUE(error_of(make_deb(make_tar({file("../x")}))).starts_with("data.tar: "));
    EXPECT_EQ(error_of(make_deb(make_tar({link_to("a", "/etc"), file("a/b")}))),
              "data.tar: 'a/b': stands below 'a', which is not a folder");
}
