// The root filesystem that layers make together: the rules of image-spec's layer.md, and layers that lie.
#include "oci/view.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/images.h"
#include "support/support.h"

namespace pith::oci {
namespace {

using namespace pith::test;
using archive::TarEntry;
using testing::ElementsAre;
using testing::HasSubstr;

const Selection keep_all{"test", [](std::string_view, std::string_view) { return 1 * MiB; }};

Result<View> view_of(const std::vector<std::vector<TarEntry>>& layers,
                     archive::Compression compression = archive::Compression::gzip) {
    Scratch scratch;
    auto cache = Cache::open(scratch / "cache");
    ThreadPool pool(2);
    std::vector<Layer> made;
    for (const auto& entries : layers) made.push_back(layer_of({entries}, "", compression));
    auto listings = list_layers(image_of(std::move(made)), keep_all, *cache, pool);
    if (!listings) return std::unexpected(listings.error());
    return View::merge(std::move(*listings));
}

std::vector<std::string> paths(const View& view) {
    std::vector<std::string> out;
    for (const auto& [path, entry] : view.entries()) out.push_back(path);
    return out;
}

std::string content(const View& view, std::string_view path) {
    const auto* found = view.find(path);
    return found && found->entry->content ? *found->entry->content : "(nothing)";
}

struct Rule {
    const char* name;
    std::vector<std::vector<TarEntry>> layers;
    std::vector<std::string> paths;
};

TEST(View, FollowsTheRulesOfLayers) {
    const Rule rules[] = {
        {"a later layer wins", {{tar_file("a", "old")}, {tar_file("a", "new")}}, {"a"}},
        {"a whiteout hides", {{tar_file("d/a", "1"), tar_file("d/b", "2")}, {tar_file("d/.wh.a", "")}}, {"d/b"}},
        {"a whiteout of a folder hides all of it",
         {{tar_folder("d"), tar_file("d/a", "1"), tar_folder("d/e"), tar_file("d/e/f", "")}, {tar_file(".wh.d", "")}},
         {}},
        {"a whiteout does not hide its own layer's",
         {{tar_file("d/a", "1")}, {tar_file("d/a", "2"), tar_file("d/.wh.a", "")}},
         {"d/a"}},
        {"an opaque folder hides what was below it",
         {{tar_folder("d"), tar_file("d/a", "1")},
          {tar_folder("d"), tar_file("d/b", "2"), tar_file("d/.wh..wh..opq", "")}},
         {"d", "d/b"}},
        {"a name that begins like a folder's is not in it",
         {{tar_folder("d"), tar_file("d-x", ""), tar_file("d/a", ""), tar_file("d0", "")}, {tar_file(".wh.d", "")}},
         {"d-x", "d0"}},
        {"a file in a folder's place removes what it held",
         {{tar_folder("d"), tar_file("d/a", "1")}, {tar_file("d", "file")}},
         {"d"}},
        {"a folder over a folder is merged",
         {{tar_folder("d"), tar_file("d/a", "1")}, {tar_folder("d", 0700), tar_file("d/b", "2")}},
         {"d", "d/a", "d/b"}},
        {"a path is resolved over links of lower layers",
         {{tar_folder("usr/bin"), tar_link("bin", "usr/bin")}, {tar_file("bin/x", "1")}},
         {"bin", "usr/bin", "usr/bin/x"}},
        {"a whiteout is too",
         {{tar_folder("usr/bin"), tar_file("usr/bin/x", ""), tar_link("bin", "/usr/bin")}, {tar_file("bin/.wh.x", "")}},
         {"bin", "usr/bin"}},
        {"links end at the root",
         {{tar_link("up", "../../../etc"), tar_folder("etc")}, {tar_file("up/x", "1")}},
         {"etc", "etc/x", "up"}},
    };
    for (const auto& rule : rules) {
        auto view = view_of(rule.layers);
        ASSERT_OK(view) << rule.name;
        EXPECT_EQ(paths(*view), rule.paths) << rule.name;
    }
}

TEST(View, ReadsEveryCompression) {
    for (auto compression : {archive::Compression::none, archive::Compression::gzip, archive::Compression::zstd}) {
        auto view = view_of({{tar_file("etc/x", "text", 0640, {7, 8})}}, compression);
        ASSERT_OK(view);
        const auto* found = view->find("etc/x");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->entry->sha256, sha256("text"));
        EXPECT_EQ(to_hex(found->entry->sha1), "372ea08cab33e71c02c651dbc83a474d32c676ea");
        EXPECT_EQ(found->entry->mode, 0640u);
        EXPECT_EQ(found->entry->uid, 7u);
        EXPECT_EQ(*found->entry->content, "text");
    }
}

TEST(View, HardLinksAreFiles) {
    auto view = view_of({{tar_file("a", "shared"), tar_hard_link("b", "a")}, {tar_hard_link("c", "b")}});
    ASSERT_OK(view);
    for (const char* path : {"a", "b", "c"}) EXPECT_EQ(content(*view, path), "shared");
    EXPECT_EQ(view->entries().at("c").layer, 1u);
    EXPECT_EQ(view->entries().at("c").entry->type, archive::EntryType::file);
}

TEST(View, FindsOverLinksAndNotInCircles) {
    auto view = view_of({{tar_file("usr/lib/x", "1"), tar_link("lib", "usr/lib"), tar_link("y", "/lib/./x"),
                          tar_link("round", "around"), tar_link("around", "round")}});
    ASSERT_OK(view);
    EXPECT_EQ(content(*view, "lib/x"), "1");
    EXPECT_EQ(content(*view, "y"), "1");
    EXPECT_EQ(view->resolve("lib/x"), "usr/lib/x");
    EXPECT_EQ(view->find("round"), nullptr);
    EXPECT_EQ(view->find("round/x"), nullptr);
    EXPECT_EQ(view->find("nothing"), nullptr);
}

TEST(View, RefusesLayersThatCannotBe) {
    struct Case {
        std::vector<std::vector<TarEntry>> layers;
        const char* says;
    };
    std::string deep;
    for (int i = 0; i < 300; ++i) deep += "d/";
    const Case cases[] = {
        {{{tar_file("a", "1"), tar_file("a/b", "2")}}, "'a' is not a folder"},
        {{{tar_hard_link("b", "a")}}, "which no layer has made"},
        {{{tar_folder("d"), tar_hard_link("b", "d")}}, "which no layer has made"},
        {{{tar_file(".wh.", "")}}, "a whiteout of nothing"},
        {{{tar_file(".wh...", "")}}, "a whiteout of nothing"},
        {{{tar_link("round", "round"), tar_file("round/x", "")}}, "more than 40 links"},
        {{{tar_file("../x", "")}}, "'..'"},
        {{{tar_file(deep + "x", "")}}, "deeper than 256 folders"},
    };
    for (const auto& each : cases) {
        auto view = view_of(each.layers);
        ASSERT_FALSE(view.has_value()) << each.says;
        EXPECT_THAT(view.error().text(), HasSubstr(each.says));
    }
}

TEST(LayerListing, ChecksTheLayerAndKeepsWhatItFound) {
    Scratch scratch;
    auto cache = Cache::open(scratch / "cache");
    ThreadPool pool(1);
    auto image = image_of({layer_of({{tar_file("a", "text")}}, "")});
    auto wrong = image;
    wrong.layers[0].diff_id = sha256("another");
    auto refused = list_layers(wrong, keep_all, *cache, pool);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::integrity);
    EXPECT_THAT(refused.error().text(), HasSubstr("its diffID is"));
    wrong = image;
    wrong.layers[0].descriptor.digest = sha256("another");
    EXPECT_THAT(list_layers(wrong, keep_all, *cache, pool).error().text(), HasSubstr("its digest is"));

    ASSERT_OK(list_layers(image, keep_all, *cache, pool));
    image.layers[0].pieces.clear();  // what is known by its digest is not read again
    auto again = list_layers(image, keep_all, *cache, pool);
    ASSERT_OK(again);
    EXPECT_EQ(*(*again)[0].entries.at(0).content, "text");
    // Another selection has other contents.
    EXPECT_FALSE(list_layers(image, {"other", keep_all.most}, *cache, pool).has_value());
}

// Pages of mapped files are given back while a layer is read, and contents that come in many pieces are kept.
TEST(LayerListing, ReadsLargeFilesInWindows) {
    Scratch scratch;
    auto cache = Cache::open(scratch / "cache");
    ThreadPool pool(1);
    std::string large;
    for (std::uint32_t state = 1; large.size() < 9'000'000;)
        large += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    Selection all{"large", [](std::string_view, std::string_view) { return std::uint64_t{64 * MiB}; }};
    for (auto compression : {archive::Compression::none, archive::Compression::gzip, archive::Compression::zstd}) {
        auto layer = layer_of({{tar_file("a", large), tar_file("b", "small"), tar_file("c", large)}}, "", compression);
        const std::filesystem::path file = scratch / fmt::format("layer-{}", static_cast<int>(compression));
        Bytes bytes;
        for (const auto& piece : layer.pieces) append(bytes, *std::get<std::shared_ptr<const Bytes>>(piece));
        ASSERT_OK(write_file(file, bytes));
        layer.pieces = {file};
        auto listed = list_layers(image_of({layer}), all, *cache, pool);
        ASSERT_OK(listed);
        const auto& entries = (*listed)[0].entries;
        ASSERT_EQ(entries.size(), 3u);
        EXPECT_TRUE(entries[0].content == large && entries[2].content == large);
        EXPECT_EQ(entries[1].content, "small");
        EXPECT_EQ(entries[2].sha256, sha256(large));
        // Damage anywhere is noticed, and called by its name.
        bytes[bytes.size() / 2] ^= std::byte{1};
        ASSERT_OK(write_file(file, bytes));
        auto damaged = list_layers(image_of({layer}), {"other", all.most}, *cache, pool);
        ASSERT_FALSE(damaged.has_value());
        EXPECT_THAT(damaged.error().text(), HasSubstr("its digest is"));
    }
}

TEST(LayerListing, RefusesACutLayerWhateverItsDigestsSay) {
    Scratch scratch;
    auto cache = Cache::open(scratch / "cache");
    ThreadPool pool(1);
    auto whole = tar_of({tar_file("a", std::string(5000, 'x'))});
    for (std::size_t size : {100u, 512u, 600u, 5500u}) {
        auto bytes = std::make_shared<const Bytes>(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        Layer layer;
        layer.descriptor = {std::string(media_type::layer), sha256(*bytes), size};
        layer.diff_id = sha256(*bytes);
        layer.pieces = {bytes};
        auto listed = list_layers(image_of({layer}), keep_all, *cache, pool);
        ASSERT_FALSE(listed.has_value()) << size;
        EXPECT_THAT(listed.error().text(), HasSubstr("truncated")) << size;
    }
}

TEST(LayerListing, RecordsComeBackAndBrokenOnesDoNot) {
    LayerListing listing;
    listing.entries.push_back({"a", archive::EntryType::file, 0644, 1, 2, -3, 4, "", sha256("x"), {}, "kept"});
    listing.entries.push_back({"b", archive::EntryType::symlink, 0777, 0, 0, 1'700'000'000, 0, "a", {}, {}, {}});
    auto record = to_record(listing);
    auto back = from_record(record);
    ASSERT_TRUE(back);
    EXPECT_EQ(to_record(*back), record);
    EXPECT_EQ(back->entries[0].mtime, -3);
    EXPECT_EQ(*back->entries[0].content, "kept");
    for (std::size_t size = 0; size < record.size(); ++size) EXPECT_FALSE(from_record(record.substr(0, size))) << size;
    EXPECT_FALSE(from_record(record + "x"));
}

TEST(ListFolder, IsTheFolderAsItStands) {
    Scratch scratch;
    spit(scratch / "root/etc/x", "text");
    spit(scratch / "root/.wh.y", "no whiteout");
    std::filesystem::create_symlink("/etc/passwd", scratch / "root/out");
    auto listing = list_folder(scratch / "root", keep_all);
    ASSERT_OK(listing);
    auto view = View::of_folder(std::move(*listing));
    EXPECT_THAT(paths(view), ElementsAre(".wh.y", "etc", "etc/x", "out"));
    EXPECT_EQ(content(view, "etc/x"), "text");
    EXPECT_EQ(view.find("out"), nullptr);  // inside the root it leads to nothing
}

}  // namespace
}  // namespace pith::oci
