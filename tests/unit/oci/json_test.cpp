// The documents byte for byte, and platforms as people write them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oci/index.h"
#include "oci/output.h"
#include "support/images.h"
#include "support/support.h"

namespace pith::oci {
namespace {

using testing::HasSubstr;

Layer layer(std::string_view name, std::string_view type = media_type::layer_gzip) {
    Layer out;
    out.descriptor = {std::string(type), sha256(name), 1000 + name.size()};
    out.diff_id = sha256(std::string(name) + " plain");
    out.created_by = name;
    return out;
}

Image full_image() {
    Image out;
    out.config = {{"linux", "arm", "v7"},
                  "2024-02-03T04:05:06Z",
                  "65532:65532",
                  "/srv",
                  "SIGQUIT",
                  {"/usr/sbin/nginx"},
                  {"-g", "daemon off;"},
                  {{"PATH", "/usr/sbin:/usr/bin"}, {"LANG", "C.UTF-8"}},
                  {"8080/tcp", "8443/tcp"},
                  {"/data"},
                  {{"org.opencontainers.image.title", "a \"title\""}}};
    out.layers = {layer("base-files netbase"), layer("nginx", media_type::layer_zstd)};
    out.annotations = {{"b", "2"}, {"a", "1"}};
    return out;
}

Image smallest_image() {
    Image out;
    out.config.platform.architecture = "amd64";
    return out;
}

const Descriptor config{std::string(media_type::config), sha256("config"), 7};

TEST(Json, ConfigAndManifest) {
    test::expect_golden("oci/config.json", config_json(full_image()));
    test::expect_golden("oci/config-smallest.json", config_json(smallest_image()));
    test::expect_golden("oci/manifest.json", manifest_json(full_image(), config));
    test::expect_golden("oci/manifest-smallest.json", manifest_json(smallest_image(), config));
    test::expect_golden("oci/manifest-docker.json", manifest_json(full_image(), config, MediaTypes::docker));
}

TEST(Json, Index) {
    Descriptor manifest{std::string(media_type::manifest), sha256("manifest"), 9};
    test::expect_golden(
        "oci/index.json",
        index_json({{manifest, {"linux", "amd64", ""}}, {manifest, {"linux", "arm", "v7"}}}, {{"a", "b"}}));
}

// JSON is UTF-8. What is not becomes U+FFFD, and nothing throws.
TEST(Json, InvalidUtf8IsReplaced) {
    auto image = smallest_image();
    image.config.environment["A"] = "x\xff\xc3(y";
    image.annotations["n\x80"] = "v";
    EXPECT_THAT(config_json(image), HasSubstr("\"A=x\xEF\xBF\xBD\xEF\xBF\xBD(y\""));
    EXPECT_THAT(manifest_json(image, config), HasSubstr("{\"n\xEF\xBF\xBD\":\"v\"}"));
}

// Sets are written sorted and once, whatever the caller gives.
TEST(Json, SetsAreSorted) {
    auto image = smallest_image();
    image.config.exposed_ports = {"9/tcp", "10/tcp", "9/tcp"};
    EXPECT_THAT(config_json(image), HasSubstr(R"("ExposedPorts":{"10/tcp":{},"9/tcp":{}})"));
}

TEST(Json, DigestIsThatOfTheManifestOrTheIndex) {
    auto one = smallest_image(), other = full_image();
    auto config_text = config_json(one);
    auto manifest = manifest_json(one, {std::string(media_type::config), sha256(config_text), config_text.size()});
    EXPECT_EQ(digest_of({one}), sha256(manifest));
    EXPECT_NE(digest_of({one, other}), digest_of({one}));
    EXPECT_NE(digest_of({one, other}), digest_of({other}));
}

TEST(LayoutIndex, KeepsWhatItDoesNotKnow) {
    Top top{{std::string(media_type::index), sha256("new"), 3}, std::nullopt};
    std::string before =
        R"({"schemaVersion":2,"x-own":[1.5,{"y":null}],"manifests":[)"
        R"({"digest":"sha256:1","size":1,"annotations":{"org.opencontainers.image.ref.name":"a","k":"v"}},)"
        R"({"digest":"sha256:2","size":2,"annotations":{"org.opencontainers.image.ref.name":"b"}},)"
        R"({"digest":"sha256:3","size":3}]})";
    auto entry =
        R"({"mediaType":"application/vnd.oci.image.index.v1+json","digest":")" + sha256("new").text() + R"(","size":3)";
    struct Case {
        std::string name, kept_and_new;
    };
    std::string
        a = R"({"digest":"sha256:1","size":1,"annotations":{"org.opencontainers.image.ref.name":"a","k":"v"}},)",
        b = R"({"digest":"sha256:2","size":2,"annotations":{"org.opencontainers.image.ref.name":"b"}},)",
        unnamed = R"({"digest":"sha256:3","size":3},)";
    for (const auto& [name, expected] : {
             Case{"b", a + unnamed + entry + R"(,"annotations":{"org.opencontainers.image.ref.name":"b"}})"},
             Case{"c", a + b + unnamed + entry + R"(,"annotations":{"org.opencontainers.image.ref.name":"c"}})"},
             Case{"", a + b + entry + "}"},
         }) {
        top.name = name;
        auto after = layout_index(before, {top});
        ASSERT_OK(after);
        EXPECT_EQ(*after, R"({"schemaVersion":2,"x-own":[1.5,{"y":null}],"manifests":[)" + expected + "]}");
    }
}

TEST(LayoutIndex, RefusesWhatIsBroken) {
    struct Case {
        std::string text, message;
        ErrorCode code = ErrorCode::format;
    };
    const std::vector<Case> cases = {
        {"", "is not JSON"},
        {"{", "is not JSON"},
        {"{\"schemaVersion\":2,\"manifests\":[\"\xff\"]}", "is not JSON"},
        {"[]", "is not an object"},
        {R"({"manifests":[]})", "schemaVersion 2"},
        {R"({"schemaVersion":1,"manifests":[]})", "schemaVersion 2"},
        {R"({"schemaVersion":2})", "no list 'manifests'"},
        {R"({"schemaVersion":2,"manifests":{}})", "no list 'manifests'"},
        {R"({"schemaVersion":2,"manifests":[3]})", "entry without a digest"},
        {R"({"schemaVersion":2,"manifests":[{"digest":3}]})", "entry without a digest"},
        {R"({"schemaVersion":2,"manifests":[{"digest":"x","annotations":[]}]})", "annotations that are no object"},
        {R"({"schemaVersion":2,"x":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}",
         "deeper than 32 levels", ErrorCode::limit},
        {std::string(5 * MiB, ' '), "larger than 4.0 MiB", ErrorCode::limit},
    };
    for (const auto& each : cases) {
        auto result = layout_index(each.text, {Top{}});
        ASSERT_FALSE(result) << each.text.substr(0, 100);
        EXPECT_EQ(result.error().code, each.code);
        EXPECT_THAT(result.error().message, HasSubstr(each.message));
    }
}

TEST(Platform, Parse) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"linux/amd64", "linux/amd64"},    {"amd64", "linux/amd64"},           {"x86_64", "linux/amd64"},
        {"linux/arm64/v8", "linux/arm64"}, {"arm64/v8", "linux/arm64"},        {"aarch64", "linux/arm64"},
        {"linux/arm/v7", "linux/arm/v7"},  {"arm/v6", "linux/arm/v6"},         {"arm", "linux/arm/v7"},
        {"linux/armhf", "linux/arm/v7"},   {"linux/386", "linux/386"},         {"i386", "linux/386"},
        {"ppc64el", "linux/ppc64le"},      {"linux/riscv64", "linux/riscv64"},
    };
    for (const auto& [text, expected] : cases) {
        auto platform = Platform::parse(text);
        ASSERT_OK(platform);
        EXPECT_EQ(platform->text(), expected) << text;
        EXPECT_EQ(*Platform::parse(platform->text()), *platform);
    }
}

TEST(Platform, ParseErrors) {
    for (std::string text : {"", "linux", "linux/", "linux/vax", "linux/amd64/v9", "arm64/v9", "AMD64"}) {
        auto platform = Platform::parse(text);
        ASSERT_FALSE(platform) << text;
        EXPECT_EQ(platform.error().code, ErrorCode::usage);
        EXPECT_THAT(platform.error().message, HasSubstr("one of amd64, arm64, arm/v7,")) << text;
    }
    auto windows = Platform::parse("windows/amd64");
    ASSERT_FALSE(windows);
    EXPECT_EQ(windows.error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace pith::oci
