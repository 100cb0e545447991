// Images read back from everywhere they are written to, and places that lie.
#include "oci/open_image.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/images.h"
#include "support/support.h"

namespace pith::oci {
namespace {

using namespace pith::test;
using testing::HasSubstr;

class OpenImage : public testing::Test {
protected:
    Scratch m_scratch;
    struct Quiet : Progress {
        void begin(std::string_view, std::uint64_t) override {}
        void advance(std::uint64_t) override {}
        void end() override {}
        void note(std::string_view) override {}
    } m_quiet;

    std::string place(std::string_view form, std::string_view name) {
        return fmt::format("{}:{}", form, (m_scratch / name).string());
    }
    void put(const std::vector<Image>& images, const std::string& where) {
        auto destination = Destination::parse(where);
        ASSERT_OK(destination);
        ASSERT_OK(write(images, *destination, test::no_registries(), m_quiet));
    }
    Result<OpenedImage> open(const std::string& where, std::optional<Platform> platform = std::nullopt) {
        return open_image(*Destination::parse(where, Destination::Use::read), platform, test::no_registries());
    }
    static Image image(std::string architecture = "amd64") {
        return image_of({layer_of({{tar_file("a", "one")}}, "first"), layer_of({{tar_file("b", "two")}}, "second")},
                        std::move(architecture));
    }
};

TEST_F(OpenImage, ReadsWhatWasWritten) {
    auto made = image();
    for (const auto& where : {place("oci", "layout") + ":x", place("oci-archive", "x.tar") + ":x",
                              place("docker-archive", "d.tar") + ":x:latest"}) {
        put({made}, where);
        auto opened = open(where);
        ASSERT_OK(opened);
        EXPECT_EQ(opened->image.config.platform.text(), "linux/amd64");
        EXPECT_EQ(opened->image.config.created, made.config.created);
        ASSERT_EQ(opened->image.layers.size(), 2u);
        for (std::size_t i = 0; i < 2; ++i) {
            EXPECT_EQ(opened->image.layers[i].diff_id, made.layers[i].diff_id) << where;
            EXPECT_EQ(opened->image.layers[i].descriptor.digest, made.layers[i].descriptor.digest) << where;
            EXPECT_EQ(opened->image.layers[i].created_by, made.layers[i].created_by) << where;
        }
        if (where.starts_with("oci")) {
            EXPECT_EQ(opened->name, digest_of({made}));
        }
    }
}

TEST_F(OpenImage, AsksForAPlatformAndATagWhereThereAreSeveral) {
    auto where = place("oci", "layout");
    put({image("amd64"), image("arm64")}, where + ":both");
    put({image("amd64")}, where + ":one");
    EXPECT_THAT(open(where).error().text(), HasSubstr("add a tag: it has both, one"));
    EXPECT_THAT(open(where + ":none").error().text(), HasSubstr("no tag 'none': it has both, one"));
    EXPECT_THAT(open(where + ":both").error().text(),
                HasSubstr("choose one with --platform: linux/amd64, linux/arm64"));
    EXPECT_THAT(open(where + ":both", Platform{"linux", "s390x", ""}).error().text(),
                HasSubstr("no image for linux/s390x: it has linux/amd64, linux/arm64"));
    EXPECT_THAT(open(where + ":one", Platform{"linux", "arm64", ""}).error().text(),
                HasSubstr("the image is for linux/amd64, not for linux/arm64"));
    auto chosen = open(where + ":both", Platform{"linux", "arm64", ""});
    ASSERT_OK(chosen);
    EXPECT_EQ(chosen->image.config.platform.architecture, "arm64");
}

TEST_F(OpenImage, SaysWhatIsDamaged) {
    auto made = image();
    auto where = place("oci", "layout") + ":x";
    put({made}, where);
    auto blobs = m_scratch / "layout/blobs/sha256";
    auto layer = blobs / made.layers[0].descriptor.digest.hex();
    auto text = slurp(layer);
    spit(layer, text + "x");
    EXPECT_THAT(open(where).error().text(), HasSubstr("layer 1 has"));
    std::filesystem::remove(layer);
    EXPECT_EQ(open(where).error().code, ErrorCode::not_found);
    spit(layer, text);
    auto manifest = blobs / digest_of({made}).hex();
    auto document = slurp(manifest);
    document[document.find("layers")] = 'L';
    spit(manifest, document);
    EXPECT_EQ(open(where).error().code, ErrorCode::integrity);
}

TEST_F(OpenImage, RefusesDocumentsThatAreNot) {
    auto folder = m_scratch / "layout";
    std::filesystem::create_directories(folder);
    const std::pair<std::string, const char*> cases[] = {
        {"", "not JSON"},
        {"[]", "is not an object"},
        {"{}", "it holds no image"},
        {R"({"manifests":{}})", "'manifests' that is no list"},
        {R"({"manifests":[{}]})", "descriptor without a size"},
        {R"({"manifests":[{"size":-1,"digest":"sha256:00"}]})", "descriptor without a size"},
        {R"({"manifests":[{"size":1,"digest":"../../etc/passwd"}]})", "index.json"},
        {R"({"manifests":[{"size":1,"digest":"sha512:00"}]})", "only SHA-256 is read"},
        {std::string(5 * MiB, ' '), "larger than 4.0 MiB"},
        {std::string(100, '[') + std::string(100, ']'), "nested deeper"},
    };
    for (const auto& [text, says] : cases) {
        spit(folder / "index.json", text);
        auto opened = open(place("oci", "layout"));
        ASSERT_FALSE(opened.has_value()) << says;
        EXPECT_THAT(opened.error().text(), HasSubstr(says));
    }
    EXPECT_THAT(open(place("oci", "nowhere")).error().text(), HasSubstr("no image layout"));
    spit(m_scratch / "x.tar", "no tar at all");
    EXPECT_FALSE(open(place("oci-archive", "x.tar")).has_value());
    auto docker = Destination::parse("docker-daemon:nginx", Destination::Use::read);
    EXPECT_THAT(docker.error().text(), HasSubstr("docker save"));
}

}  // namespace
}  // namespace pith::oci
