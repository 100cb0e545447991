// oci-archive and docker-archive: what is in them, that they are always the same, and that errors leave nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oci/output.h"
#include "support/images.h"
#include "support/support.h"

namespace pith::oci {
namespace {

namespace fs = std::filesystem;
using archive::Compression;
using test::Scratch;
using test::slurp;
using test::spit;
using testing::HasSubstr;
using Kind = Destination::Kind;

Image small_image(Compression compression = Compression::gzip) {
    auto layer =
        test::layer_of({{test::tar_folder("etc")}, {test::tar_file("etc/hello", "hello\n")}}, "one", compression);
    auto other = test::layer_of({{test::tar_file("etc/more", "more\n")}}, "two", compression);
    return test::image_of({layer, other, layer});
}

Result<Written> put(const Image& image, Kind kind, const fs::path& path, std::string name = {}) {
    Progress quiet;
    return write({image}, {kind, path, std::move(name)}, test::no_registries(), quiet);
}

struct Archive {
    Bytes bytes;
    std::vector<std::string> names;
    std::map<std::string, std::string> files;
};

Archive read(const fs::path& path) {
    Archive out;
    out.bytes = to_bytes(slurp(path));
    archive::TarReader reader(out.bytes);
    while (true) {
        auto entry = reader.next();
        EXPECT_OK(entry);
        if (!entry || !*entry) return out;
        auto& each = **entry;
        EXPECT_EQ(each.mtime, 0);
        EXPECT_EQ(each.uid + each.gid, 0);
        EXPECT_EQ(each.mode, each.type == archive::EntryType::directory ? 0755U : 0644U);
        out.names.push_back(each.path);
        out.files[each.path] = as_text(each.content);
    }
}

TEST(OciArchive, IsATarOfTheLayout) {
    Scratch scratch;
    auto image = small_image();
    auto written = put(image, Kind::oci_archive, scratch / "a.tar", "v1");
    ASSERT_OK(written);
    EXPECT_EQ(written->digest, digest_of({image}));
    ASSERT_OK(put(image, Kind::oci_layout, scratch / "layout", "v1"));
    auto archive = read(scratch / "a.tar");
    EXPECT_TRUE(std::ranges::is_sorted(archive.names));
    EXPECT_EQ(archive.names.size(),
              2 + 4 + 2U);  // folders; configuration, manifest, two layers; index.json, oci-layout
    for (const auto& [name, content] : archive.files)
        if (!name.ends_with('/')) {
            EXPECT_EQ(content, slurp(scratch / "layout" / name)) << name;
        }
    ASSERT_OK(put(image, Kind::oci_archive, scratch / "b.tar", "v1"));
    EXPECT_EQ(slurp(scratch / "a.tar"), slurp(scratch / "b.tar"));
}

TEST(OciArchive, ReplacesAFormerFile) {
    Scratch scratch;
    spit(scratch / "a.tar", "something else");
    ASSERT_OK(put(small_image(), Kind::oci_archive, scratch / "a.tar"));
    EXPECT_EQ(read(scratch / "a.tar").names.size(), 8U);
}

TEST(DockerArchive, Content) {
    for (auto [compression, suffix] : {std::pair{Compression::gzip, ".tar.gz"}, {Compression::none, ".tar"}}) {
        Scratch scratch;
        auto image = small_image(compression);
        auto written = put(image, Kind::docker_archive, scratch / "a.tar", "web:1");
        ASSERT_OK(written);
        EXPECT_EQ(written->digest, digest_of({image}));
        auto archive = read(scratch / "a.tar");
        auto config = sha256(config_json(image)).hex() + ".json";
        auto one = image.layers[0].descriptor.digest.hex() + suffix,
             two = image.layers[1].descriptor.digest.hex() + suffix;
        EXPECT_EQ(archive.files["manifest.json"], R"([{"Config":")" + config + R"(","RepoTags":["web:1"],"Layers":[")" +
                                                      one + R"(",")" + two + R"(",")" + one + R"("]}])");
        EXPECT_EQ(archive.files[config], config_json(image));
        EXPECT_EQ(sha256(archive.files[one]), image.layers[0].descriptor.digest);
        EXPECT_EQ(sha256(archive.files[two]), image.layers[1].descriptor.digest);
        EXPECT_EQ(archive.names.size(), 4U);
    }
}

TEST(DockerArchive, WithoutAName) {
    Scratch scratch;
    ASSERT_OK(put(small_image(), Kind::docker_archive, scratch / "a.tar"));
    EXPECT_THAT(read(scratch / "a.tar").files["manifest.json"], HasSubstr(R"("RepoTags":[],)"));
}

TEST(DockerArchive, RefusesZstd) {
    Scratch scratch;
    auto written = put(small_image(Compression::zstd), Kind::docker_archive, scratch / "a.tar");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::unsupported);
    EXPECT_THAT(written.error().text(), HasSubstr("layer 1 (one) is of type"));
    EXPECT_THAT(written.error().text(), HasSubstr("build with gzip"));
    EXPECT_TRUE(fs::is_empty(scratch.path()));
}

TEST(Archives, AnErrorLeavesWhatWasThere) {
    Scratch scratch;
    spit(scratch / "old.tar", "old");
    auto missing = small_image(), damaged = small_image(), longer = small_image();
    missing.layers[1].pieces[0] = fs::path("/nonexistent/member");
    auto bytes = *std::get<1>(damaged.layers[1].pieces[0]);
    bytes[bytes.size() / 2] ^= std::byte{1};
    damaged.layers[1].pieces[0] = std::make_shared<const Bytes>(bytes);
    longer.layers[1].pieces.push_back(longer.layers[1].pieces[0]);
    struct Case {
        const Image& image;
        ErrorCode code;
    };
    for (auto kind : {Kind::oci_archive, Kind::docker_archive}) {
        for (const auto& [image, code] : {Case{missing, ErrorCode::not_found}, Case{damaged, ErrorCode::damaged},
                                          Case{longer, ErrorCode::damaged}}) {
            for (std::string name : {"old.tar", "new.tar"}) {
                auto written = put(image, kind, scratch / name);
                ASSERT_FALSE(written);
                EXPECT_EQ(written.error().code, code) << written.error().text();
                EXPECT_THAT(written.error().text(), HasSubstr("layer 2 (two)"));
            }
        }
    }
    EXPECT_EQ(slurp(scratch / "old.tar"), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(scratch.path()), {}), 1);
}

TEST(Archives, RefuseAFolder) {
    Scratch scratch;
    auto written = put(small_image(), Kind::oci_archive, scratch.path());
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().text(), HasSubstr("is a folder; name a file"));
}

}  // namespace
}  // namespace pith::oci
