// Root folders: what layers mean, and that hostile ones cannot leave the root.
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oci/output.h"
#include "oci/unpack.h"
#include "support/images.h"
#include "support/support.h"

namespace pith::oci {
namespace {

namespace fs = std::filesystem;
using archive::EntryType;
using archive::TarEntry;
using test::Scratch;
using test::slurp;
using test::spit;
using test::tar_file;
using test::tar_folder;
using test::tar_hard_link;
using test::tar_link;
using testing::ElementsAre;
using testing::HasSubstr;

using Entries = std::vector<TarEntry>;

// Applies layers without the image around them.
Result<> unpack(const std::vector<Entries>& layers, const fs::path& path) {
    auto root = TRY(RootFolder::create(path));
    for (const auto& layer : layers) TRY(apply_layer(test::tar_of(layer), root));
    return root.commit();
}

// "path", "path/" for folders, "path -> target" for links, sorted.
std::vector<std::string> tree_of(const fs::path& root) {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        auto name = entry.path().lexically_relative(root).string();
        if (entry.is_symlink())
            name += " -> " + fs::read_symlink(entry.path()).string();
        else if (entry.is_directory())
            name += "/";
        out.push_back(name);
    }
    std::ranges::sort(out);
    return out;
}

struct stat stat_of(const fs::path& path) {
    struct stat out{};
    EXPECT_EQ(::lstat(path.c_str(), &out), 0) << path;
    return out;
}

TEST(RootFolder, LayersMean) {
    struct Case {
        std::string what;
        std::vector<Entries> layers;
        std::vector<std::string> tree;
    };
    const std::vector<Case> cases = {
        {"missing folders on the way are made", {{tar_file("a/b/c", "")}}, {"a/", "a/b/", "a/b/c"}},
        {"the names that tar writes", {{tar_folder("./"), tar_folder("./a/"), tar_file("./a/b", "")}}, {"a/", "a/b"}},
        {"a later folder is merged",
         {{tar_file("a/b", "")}, {tar_folder("a"), tar_file("a/c", "")}},
         {"a/", "a/b", "a/c"}},
        {"a file replaces a folder", {{tar_file("a/b/c", "")}, {tar_file("a", "")}}, {"a"}},
        {"a folder replaces a file", {{tar_file("a", "")}, {tar_folder("a"), tar_file("a/b", "")}}, {"a/", "a/b"}},
        {"a link replaces a folder",
         {{tar_file("a/b", ""), tar_folder("c")}, {tar_link("a", "c")}, {tar_file("a/d", "")}},
         {"a -> c", "c/", "c/d"}},
        {"a folder replaces a link",
         {{tar_folder("c"), tar_link("a", "c")}, {tar_folder("a"), tar_file("a/b", "")}},
         {"a/", "a/b", "c/"}},
        {"a link to a folder that is not there yet",
         {{tar_link("lib", "usr/lib"), tar_file("lib/x", "")}},
         {"lib -> usr/lib", "usr/", "usr/lib/", "usr/lib/x"}},
        {"a whiteout of a file",
         {{tar_file("a/b", ""), tar_file("a/c", "")}, {tar_file("a/.wh.b", "")}},
         {"a/", "a/c"}},
        {"a whiteout of a folder", {{tar_file("a/b", ""), tar_file("c", "")}, {tar_file(".wh.a", "")}}, {"c"}},
        {"a whiteout of nothing", {{tar_file("a", "")}, {tar_file("x/y/.wh.b", ""), tar_file(".wh.c", "")}}, {"a"}},
        {"a whiteout spares its own layer, before",
         {{tar_file("a", "old")}, {tar_file("a", "new"), tar_file(".wh.a", "")}},
         {"a"}},
        {"a whiteout spares its own layer, after",
         {{tar_file("a", "old")}, {tar_file(".wh.a", ""), tar_file("a", "new")}},
         {"a"}},
        {"a whiteout of a link spares its target",
         {{tar_file("t/x", ""), tar_link("a", "t")}, {tar_file(".wh.a", "")}},
         {"t/", "t/x"}},
        {"an opaque folder", {{tar_file("a/b", ""), tar_file("a/c/d", "")}, {tar_file("a/.wh..wh..opq", "")}}, {"a/"}},
        {"an opaque folder spares its own layer",
         {{tar_file("a/b", ""), tar_file("a/c/d", ""), tar_file("a/c/e", "")},
          {tar_file("a/c/new", ""), tar_file("a/.wh..wh..opq", ""), tar_file("a/f", "")}},
         {"a/", "a/c/", "a/c/new", "a/f"}},
        {"an opaque root", {{tar_file("a", "")}, {tar_file(".wh..wh..opq", ""), tar_file("b", "")}}, {"b"}},
        {"a hard link", {{tar_file("a", "x"), tar_hard_link("b/c", "./a")}}, {"a", "b/", "b/c"}},
        {"a hard link into a lower layer", {{tar_file("a", "x")}, {tar_hard_link("b", "a")}}, {"a", "b"}},
        {"a hard link to a link", {{tar_link("a", "x"), tar_hard_link("b", "a")}}, {"a -> x", "b -> x"}},
        {"a fifo", {{test::tar_special("a", EntryType::fifo)}}, {"a"}},
        {"no layers", {}, {}},
    };
    for (const auto& each : cases) {
        SCOPED_TRACE(each.what);
        Scratch scratch;
        auto done = unpack(each.layers, scratch / "root");
        ASSERT_OK(done);
        EXPECT_EQ(tree_of(scratch / "root"), each.tree);
        EXPECT_EQ(std::distance(fs::directory_iterator(scratch.path()), {}), 1);  // nothing beside it
    }
}

// Each of these would write outside if a path or link were taken as the system takes it.
TEST(RootFolder, LinksCannotLeadOut) {
    Scratch scratch;
    auto outside = scratch / "outside";
    spit(outside / "kept", "kept");
    auto out = outside.string();
    struct Case {
        std::vector<Entries> layers;
        std::string lands;  // where in the root
    };
    const std::vector<Case> cases = {
        {{{tar_link("a", out), tar_file("a/x", "")}}, out + "/x"},
        {{{tar_link("a", "../outside"), tar_file("a/x", "")}}, "outside/x"},
        {{{tar_link("a", "../../../../../../.." + out), tar_file("a/x", "")}}, out + "/x"},
        {{{tar_link("a", "b/../../outside"), tar_folder("b"), tar_file("a/x", "")}}, "outside/x"},
        {{{tar_link("a", "/"), tar_file("a/x", "")}}, "x"},
        {{{tar_link("a", ".."), tar_file("a/x", "")}}, "x"},
        {{{tar_link("d/a", "/e"), tar_file("d/a/x", "")}}, "e/x"},
        {{{tar_link("d/d/a", "../e"), tar_file("d/d/a/x", "")}}, "d/e/x"},
        {{{tar_link("kept", out + "/kept")}, {tar_file("kept", "overwritten")}}, "kept"},
        {{{tar_link("kept", out + "/kept"), tar_file("kept", "overwritten")}}, "kept"},
        {{{tar_link("a", out)}, {tar_file("a/.wh.kept", "")}}, "a"},
        {{{tar_link("a", out)}, {tar_file("a/.wh..wh..opq", "")}}, "a"},
        {{{tar_link("a", out)}, {tar_file("a", "")}}, "a"},
        {{{tar_link("a", out), tar_file("b", "")}, {tar_file(".wh.a", "")}}, "b"},
    };
    for (const auto& [layers, lands] : cases) {
        SCOPED_TRACE(lands);
        auto root = scratch / "root";
        auto done = unpack(layers, root);
        ASSERT_OK(done);
        EXPECT_TRUE(fs::exists(fs::symlink_status(root.string() + "/" + lands)));
        EXPECT_EQ(slurp(outside / "kept"), "kept");
        EXPECT_THAT(tree_of(outside), ElementsAre("kept"));
        EXPECT_EQ(std::distance(fs::directory_iterator(scratch.path()), {}), 2);
        fs::remove_all(root);
    }
}

TEST(RootFolder, RefusesHostileLayers) {
    Scratch scratch;
    spit(scratch / "secret", "secret");
    Entries loop, deep;
    loop = {tar_link("a", "b"), tar_link("b", "a"), tar_file("a/x", "")};
    std::string path = "d";
    for (int i = 0; i < 300; ++i) path += "/d";
    deep = {tar_file(path, "")};
    auto attribute = tar_file("a", "");
    attribute.pax = {{"SCHILY.xattr.user.x", "1"}};
    auto owner = tar_file("a", "", 0644, {4294967295, 0});
    struct Case {
        Entries entries;
        ErrorCode code;
        std::string message;
    };
    const std::vector<Case> cases = {
        {{tar_file("../secret", "x")}, ErrorCode::format, ".."},
        {{tar_file("a/../../secret", "x")}, ErrorCode::format, ".."},
        {{tar_file((scratch / "secret").string(), "x")}, ErrorCode::format, "absolute"},
        {{tar_hard_link("a", "../secret")}, ErrorCode::format, ".."},
        {{tar_hard_link("a", (scratch / "secret").string())}, ErrorCode::format, "absolute"},
        {{tar_link("up", ".."), tar_hard_link("a", "up/secret")}, ErrorCode::format, "which no layer has made"},
        {{tar_hard_link("a", "b")}, ErrorCode::format, "'a': it is a hard link to 'b', which no layer has made"},
        {{tar_file("a", ""), tar_hard_link("a", "a")}, ErrorCode::format, "to itself"},
        {{tar_folder("a"), tar_hard_link("b", "a")}, ErrorCode::format, "to the folder 'a'"},
        {{tar_file("a/b", ""), tar_hard_link("a", "a/b")}, ErrorCode::format, "which no layer has made"},
        {{tar_hard_link("a", ".")}, ErrorCode::format, "to the folder"},
        {{tar_file("a", ""), tar_file("a/b", "")}, ErrorCode::format, "'a' on the way to it is not a folder"},
        {{tar_file(".", "")}, ErrorCode::format, "the root"},
        {{tar_link("./", "x")}, ErrorCode::format, "the root"},
        {{tar_file("a/.wh.", "")}, ErrorCode::format, "whiteout of nothing"},
        {{tar_file("a/.wh..", "")}, ErrorCode::format, "whiteout of nothing"},
        {{tar_file("a/.wh...", "")}, ErrorCode::format, "whiteout of nothing"},
        {{test::tar_special("null", EntryType::character_device)},
         ErrorCode::unsupported,
         "'null': it is a device node"},
        {{test::tar_special("sda", EntryType::block_device)}, ErrorCode::unsupported, "device node"},
        {{attribute}, ErrorCode::unsupported, "SCHILY.xattr.user.x"},
        {{owner}, ErrorCode::limit, "its owner 4294967295:0"},
        {loop, ErrorCode::limit, "more than 40 links"},
        {deep, ErrorCode::limit, "deeper than 256 folders"},
    };
    for (const auto& each : cases) {
        auto done = unpack({each.entries}, scratch / "root");
        ASSERT_FALSE(done) << each.message;
        EXPECT_EQ(done.error().code, each.code) << done.error().text();
        EXPECT_THAT(done.error().text(), HasSubstr(each.message));
        EXPECT_THAT(tree_of(scratch.path()), ElementsAre("secret"));
        EXPECT_EQ(slurp(scratch / "secret"), "secret");
    }
}

TEST(RootFolder, AttributesAreExact) {
    Scratch scratch;
    auto before = ::umask(077);
    auto done = unpack({{tar_folder("./", 0751, {}, 11), tar_folder("shut", 0555, {}, 22),
                         tar_file("shut/a", "x", 0640, {}, 33), tar_folder("open", 01777, {}, 44),
                         tar_file("run", "x", 04755, {}, 55), tar_link("link", "run"), tar_hard_link("again", "run")},
                        {tar_folder("shut", 0511, {}, 66), tar_file("shut/b", ""), tar_file("new/c", "")}},
                       scratch / "root");
    ::umask(before);
    ASSERT_OK(done);
    struct Case {
        std::string path;
        mode_t mode;
        time_t mtime;
    };
    for (const auto& [path, mode, mtime] : {
             Case{".", S_IFDIR | 0751, 11},
             Case{"shut", S_IFDIR | 0511, 66},
             Case{"shut/a", S_IFREG | 0640, 33},
             Case{"open", S_IFDIR | 01777, 44},
             Case{"run", S_IFREG | 04755, 55},
             Case{"again", S_IFREG | 04755, 55},
             Case{"link", S_IFLNK | 0777, 1'700'000'000},
             Case{"new", S_IFDIR | 0755, 0},
         }) {
        auto info = stat_of(scratch / ("root/" + path));
        EXPECT_EQ(info.st_mode, mode) << path;
        EXPECT_EQ(info.st_mtim.tv_sec, mtime) << path;
        EXPECT_EQ(info.st_mtim.tv_nsec, 0) << path;
    }
    EXPECT_EQ(stat_of(scratch / "root/run").st_ino, stat_of(scratch / "root/again").st_ino);
}

Result<Written> write_root(const Image& image, const fs::path& path) {
    Progress quiet;
    return write({image}, {Destination::Kind::root_folder, path, ""}, test::no_registries(), quiet);
}

Image owned_image(archive::Compression compression = archive::Compression::gzip) {
    return test::image_of({test::layer_of({{tar_folder("d", 0755, {5, 6})}, {tar_file("d/f", "content", 0644, {7, 8})}},
                                          "one", compression),
                           test::layer_of({{tar_link("l", "d/f", {9, 10})}}, "two", compression)});
}

TEST(RootFolder, OwnersAreKeptOrReported) {
    Scratch scratch;
    auto written = write_root(owned_image(), scratch / "root");
    ASSERT_OK(written);
    EXPECT_EQ(written->digest, digest_of({owned_image()}));
    EXPECT_EQ(slurp(scratch / "root/l"), "content");
    EXPECT_EQ(written->owners_kept, ::geteuid() == 0);
    if (!written->owners_kept) return;
    EXPECT_EQ(stat_of(scratch / "root/d").st_uid, 5U);
    EXPECT_EQ(stat_of(scratch / "root/d").st_gid, 6U);
    EXPECT_EQ(stat_of(scratch / "root/d/f").st_uid, 7U);
    EXPECT_EQ(stat_of(scratch / "root/l").st_gid, 10U);
}

// Runs the body in a process that is not root, which owns the scratch folder.
void as_nobody(const Scratch& scratch, const std::function<bool()>& body) {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(scratch.path().c_str(), nobody, nobody), 0);
    }
    EXPECT_EXIT(
        {
            bool dropped =
                ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
                                     ::setresuid(nobody, nobody, nobody) == 0);
            ::_exit(dropped && body() ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

TEST(RootFolder, WithoutTheRightToChangeOwners) {
    Scratch scratch;
    as_nobody(scratch, [&] {
        auto written = write_root(owned_image(), scratch / "root");
        return written && !written->owners_kept && fs::exists(scratch / "root/d/f");
    });
}

// Folders that shut their owner out are removed too, when the renaming fails at the very end.
TEST(RootFolder, NothingIsLeftOfFoldersThatAreShut) {
    Scratch scratch;
    as_nobody(scratch, [&] {
        auto root = RootFolder::create(scratch / "root");
        auto applied = apply_layer(test::tar_of({tar_folder("./", 0555), tar_folder("a", 0000), tar_folder("a/b", 0444),
                                                 tar_file("a/b/c", "")}),
                                   *root);
        spit(scratch / "root/in-the-way", "");
        return applied && !root->commit();
    });
    as_nobody(scratch, [&] { return tree_of(scratch.path()) == std::vector<std::string>{"root/", "root/in-the-way"}; });
}

TEST(RootFolder, EveryCompression) {
    for (auto compression : {archive::Compression::none, archive::Compression::gzip, archive::Compression::zstd}) {
        Scratch scratch;
        ASSERT_OK(write_root(owned_image(compression), scratch / "root"));
        EXPECT_THAT(tree_of(scratch / "root"), ElementsAre("d/", "d/f", "l -> d/f"));
    }
}

TEST(RootFolder, TakesOnlyAFreePlace) {
    Scratch scratch;
    fs::create_directories(scratch / "empty");
    ASSERT_OK(write_root(owned_image(), scratch / "empty"));
    ASSERT_OK(write_root(owned_image(), scratch / "made/on/the/way"));
    spit(scratch / "file", "x");
    fs::create_directory_symlink(scratch / "missing", scratch / "link");
    for (std::string taken : {"empty", "file", "link"}) {
        auto before = tree_of(scratch.path());
        auto written = write_root(owned_image(), scratch / taken);
        ASSERT_FALSE(written) << taken;
        EXPECT_EQ(written.error().code, ErrorCode::usage);
        EXPECT_THAT(written.error().text(), HasSubstr("exists and is not an empty folder"));
        EXPECT_EQ(tree_of(scratch.path()), before);
    }
}

TEST(RootFolder, AnErrorLeavesNothing) {
    auto missing = owned_image(), damaged = owned_image(), other = owned_image(), longer = owned_image();
    missing.layers[1].pieces[0] = fs::path("/nonexistent/member");
    auto bytes = *std::get<1>(damaged.layers[1].pieces[0]);
    bytes[bytes.size() / 2] ^= std::byte{1};
    damaged.layers[1].pieces[0] = std::make_shared<const Bytes>(bytes);
    other.layers[1].diff_id = other.layers[0].diff_id;
    longer.layers[1].tar_size = 512;
    struct Case {
        const Image& image;
        ErrorCode code;
        std::string message;
    };
    for (const auto& [image, code, message] : {
             Case{missing, ErrorCode::not_found, "cannot open '/nonexistent/member'"},
             Case{damaged, ErrorCode::damaged, "is not what it was"},
             Case{other, ErrorCode::damaged, "and not the diffID"},
             Case{longer, ErrorCode::limit, ""},
         }) {
        Scratch scratch;
        auto written = write_root(image, scratch / "root");
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code, code) << written.error().text();
        EXPECT_THAT(written.error().text(), HasSubstr("layer 2 (two)"));
        EXPECT_THAT(written.error().text(), HasSubstr(message));
        EXPECT_TRUE(fs::is_empty(scratch.path()));
    }
}

}  // namespace
}  // namespace pith::oci
