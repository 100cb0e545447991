// Layouts: names come and go, blobs stay, and an error leaves everything as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oci/output.h"
#include "support/images.h"
#include "support/support.h"

namespace pith::oci {
namespace {

namespace fs = std::filesystem;
using test::Scratch;
using test::slurp;
using test::spit;
using testing::HasSubstr;
using testing::Not;

Image image_with(std::string_view content, std::string architecture = "amd64") {
    auto common = test::layer_of({{test::tar_file("common", "common")}}, "common");
    return test::image_of({common, test::layer_of({{test::tar_file("own", content)}}, "own")}, std::move(architecture));
}

Result<Written> put(const std::vector<Image>& images, const fs::path& folder, std::string name) {
    Progress quiet;
    return write(images, {Destination::Kind::oci_layout, folder, std::move(name)}, test::no_registries(), quiet);
}

// Every file and folder with its content, to see that nothing changed.
std::map<std::string, std::string> state_of(const fs::path& folder) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        out[entry.path().lexically_relative(folder)] = entry.is_regular_file() ? slurp(entry.path()) : "a folder";
    return out;
}

void expect_whole(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder / "blobs/sha256"))
        EXPECT_EQ(sha256(slurp(entry.path())).hex(), entry.path().filename());
}

TEST(Layout, HoldsTheImage) {
    Scratch scratch;
    auto image = image_with("x");
    auto written = put({image}, scratch / "deep/er", "v1");
    ASSERT_OK(written);
    EXPECT_EQ(written->digest, digest_of({image}));
    auto state = state_of(scratch / "deep/er");
    EXPECT_EQ(state["oci-layout"], R"({"imageLayoutVersion":"1.0.0"})");
    EXPECT_THAT(state["index.json"], HasSubstr(written->digest.text()));
    EXPECT_THAT(state["index.json"],
                HasSubstr(R"("annotations":{"org.opencontainers.image.ref.name":"v1"},"platform")"));
    EXPECT_EQ(state.size(), 2 + 2 + 4U);  // two files, two folders; configuration, manifest, two layers
    expect_whole(scratch / "deep/er");
    std::uint64_t size = 0;
    for (const auto& entry : fs::directory_iterator(scratch / "deep/er/blobs/sha256")) size += entry.file_size();
    EXPECT_EQ(written->size, size);
}

TEST(Layout, SeveralPlatformsAreAnIndex) {
    Scratch scratch;
    std::vector images = {image_with("x"), image_with("x", "arm64")};
    auto written = put(images, scratch / "out", "");
    ASSERT_OK(written);
    auto index = slurp(scratch / "out" / ("blobs/sha256/" + written->digest.hex()));
    EXPECT_THAT(index, HasSubstr(R"("platform":{"architecture":"arm64","os":"linux"})"));
    EXPECT_THAT(index, HasSubstr(digest_of({images[0]}).text()));
    EXPECT_EQ(digest_of(images), written->digest);
    expect_whole(scratch / "out");
}

TEST(Layout, OtherNamesStayAndTheSameIsReplaced) {
    Scratch scratch;
    auto one = image_with("1"), two = image_with("2"), three = image_with("3");
    ASSERT_OK(put({one}, scratch / "out", "a"));
    ASSERT_OK(put({two}, scratch / "out", "b"));
    ASSERT_OK(put({three}, scratch / "out", "a"));
    auto index = slurp(scratch / "out/index.json");
    EXPECT_THAT(index, Not(HasSubstr(digest_of({one}).text())));
    EXPECT_THAT(index, HasSubstr(digest_of({two}).text()));
    EXPECT_THAT(index, HasSubstr(digest_of({three}).text()));
    EXPECT_TRUE(fs::exists(scratch / "out" / ("blobs/sha256/" + digest_of({one}).hex())));
    expect_whole(scratch / "out");
}

TEST(Layout, BlobsThatHoldAreNotWrittenAgain) {
    Scratch scratch;
    auto image = image_with("x");
    ASSERT_OK(put({image}, scratch / "out", "a"));
    auto blobs = scratch / "out/blobs/sha256";
    auto kept = blobs / image.layers[0].descriptor.digest.hex(),
         damaged = blobs / image.layers[1].descriptor.digest.hex();
    auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1000);
    fs::last_write_time(kept, long_ago);
    auto text = slurp(damaged);
    text[text.size() / 2] ^= 1;
    spit(damaged, text);
    ASSERT_OK(put({image}, scratch / "out", "b"));
    EXPECT_EQ(fs::last_write_time(kept), long_ago);
    expect_whole(scratch / "out");
}

TEST(Layout, AnErrorLeavesWhatWasThere) {
    Scratch scratch;
    ASSERT_OK(put({image_with("1")}, scratch / "out", "a"));
    auto before = state_of(scratch / "out");
    struct Case {
        std::string what, message;
        ErrorCode code;
        std::function<void(Layer&)> damage;
    };
    const std::vector<Case> cases = {
        {"a cached member is missing", "layer 2 (own): cannot open", ErrorCode::not_found,
         [&](Layer& layer) { layer.pieces[0] = scratch / "missing"; }},
        {"a cached member is damaged", "layer 2 (own) is not what it was", ErrorCode::damaged,
         [&](Layer& layer) {
             auto bytes = *std::get<1>(layer.pieces[0]);
             bytes.back() ^= std::byte{1};
             layer.pieces[0] = std::make_shared<const Bytes>(bytes);
         }},
        {"a cached member is cut off", "pith cache verify", ErrorCode::damaged,
         [&](Layer& layer) { layer.pieces.pop_back(); }},
    };
    for (const auto& each : cases) {
        SCOPED_TRACE(each.what);
        auto image = image_with("2");
        each.damage(image.layers[1]);
        for (std::string folder : {"out", "new"}) {
            auto written = put({image}, scratch / folder, "a");
            ASSERT_FALSE(written);
            EXPECT_EQ(written.error().code, each.code);
            EXPECT_THAT(written.error().text(), HasSubstr(each.message));
        }
        EXPECT_EQ(state_of(scratch / "out"), before);
        EXPECT_FALSE(fs::exists(scratch / "new"));
    }
}

TEST(Layout, PiecesFromFiles) {
    Scratch scratch;
    auto image = image_with("x");
    auto digest = digest_of({image});
    for (auto& piece : image.layers[1].pieces) {
        auto path = scratch / ("piece" + std::to_string(&piece - image.layers[1].pieces.data()));
        spit(path, as_text(*std::get<1>(piece)));
        piece = path;
    }
    auto written = put({image}, scratch / "out", "a");
    ASSERT_OK(written);
    EXPECT_EQ(written->digest, digest);
    expect_whole(scratch / "out");
}

TEST(Layout, RefusesOtherFolders) {
    Scratch scratch;
    spit(scratch / "home/letter.txt", "dear");
    spit(scratch / "old/oci-layout", R"({"imageLayoutVersion":"0.1"})");
    spit(scratch / "odd/oci-layout", "[1");
    spit(scratch / "broken/oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
    spit(scratch / "broken/index.json", "{");
    spit(scratch / "file", "x");
    struct Case {
        std::string folder, message;
    };
    for (const auto& [folder, message] : {
             Case{"home", "neither empty nor an OCI image layout"},
             Case{"old", "not an OCI image layout of version 1.0.0"},
             Case{"odd", "not an OCI image layout of version 1.0.0"},
             Case{"broken", "index.json is not JSON"},
             Case{"file", "Not a directory"},
         }) {
        auto before = state_of(scratch.path());
        auto written = put({image_with("x")}, scratch / folder, "a");
        ASSERT_FALSE(written) << folder;
        EXPECT_THAT(written.error().text(), HasSubstr("oci:" + (scratch / folder).string()));
        EXPECT_THAT(written.error().text(), HasSubstr(message));
        EXPECT_EQ(state_of(scratch.path()), before);
    }
}

TEST(Layout, AnInterruptedFirstWritingCanBeRepeated) {
    Scratch scratch;
    ASSERT_OK(put({image_with("1")}, scratch / "out", "a"));
    fs::remove(scratch / "out/index.json");
    ASSERT_OK(put({image_with("1")}, scratch / "out", "a"));
    EXPECT_THAT(slurp(scratch / "out/index.json"), HasSubstr(digest_of({image_with("1")}).text()));
}

TEST(Layout, WritersAtTheSameTimeKeepEachOthersNames) {
    Scratch scratch;
    ThreadPool pool(4);
    pool.for_each(
        8, [&](std::size_t i) { EXPECT_OK(put({image_with("x")}, scratch / "out", "tag" + std::to_string(i))); });
    auto index = slurp(scratch / "out/index.json");
    for (int i = 0; i < 8; ++i) EXPECT_THAT(index, HasSubstr("\"tag" + std::to_string(i) + "\""));
}

TEST(Write, RefusesWhatADestinationCannotHold) {
    Scratch scratch;
    Progress quiet;
    std::vector both = {image_with("x"), image_with("x", "arm64")}, twice = {image_with("x"), image_with("y")};
    struct Case {
        std::vector<Image> images;
        Destination::Kind kind;
        std::string message;
    };
    for (const auto& [images, kind, message] : {
             Case{both, Destination::Kind::docker_archive, "holds one image, and 2 were made"},
             Case{both, Destination::Kind::root_folder, "--platform"},
             Case{twice, Destination::Kind::oci_layout, "two images are for linux/amd64"},
             Case{{}, Destination::Kind::oci_layout, "no image"},
         }) {
        auto written = write(images, {kind, scratch / "out", ""}, test::no_registries(), quiet);
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code, ErrorCode::usage);
        EXPECT_THAT(written.error().text(), HasSubstr(message));
        EXPECT_FALSE(fs::exists(scratch / "out"));
    }
}

}  // namespace
}  // namespace pith::oci
