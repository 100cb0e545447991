// Images between places: bytes stay the same, and only what is missing moves.
#include "unit/registry/fixture.h"

#include "oci/inspect.h"
#include "oci/layer_listing.h"
#include "oci/open_image.h"

namespace pith::oci::registry {
namespace {

class Copy : public WithRegistry {
protected:
    std::size_t fetched(const FakeRegistry& registry) { return registry.count("GET", "/blobs/sha256:"); }
};

const Selection everything{"test", [](std::string_view, std::string_view) { return std::uint64_t{100}; }};

TEST_F(Copy, KeepsTheDigestOnEveryWay) {
    FakeRegistry first({}), second({});
    auto images = std::vector{image("two", "amd64"), image("two", "arm64")};
    auto digest = digest_of(images);
    ASSERT_OK(put(images, place("oci", "layout:x")));
    const std::pair<Destination, Destination> ways[] = {
        {place("oci", "layout:x"), place(first, "app:1")},
        {place(first, "app:1"), place(second, "team/app:1")},
        {place(second, "team/app:1"), place(second, "app:2")},
        {place(second, "app:2"), place("oci-archive", "x.tar:x")},
        {place("oci-archive", "x.tar:x"), place("oci", "again:x")},
        {place(first, fmt::format("app@{}", digest.text())), place("oci", "by-digest:x")},
    };
    for (const auto& [from, to] : ways) {
        new_run();
        auto done = copied(from, to);
        ASSERT_OK(done);
        EXPECT_EQ(done->digest, digest) << to.text();
        auto arm = open_image(to, Platform::parse("arm64").value(), *m_registries);
        ASSERT_OK(arm);
        EXPECT_EQ(arm->name, digest_of({images[1]}));
    }
}

// What a registry has lost while it kept the manifest comes again.
TEST_F(Copy, APushMendsAnImage) {
    FakeRegistry registry({});
    auto images = std::vector{image("two", "amd64"), image("two", "arm64")};
    ASSERT_OK(put(images, place(registry, "app:1")));
    auto layer = images[0].layers[1].descriptor.digest;
    auto child = digest_of({images[1]}).text();
    registry.remove("app", layer.text());
    registry.remove("app", child);
    new_run();
    ASSERT_OK(put(images, place(registry, "app:1")));
    EXPECT_TRUE(registry.has_blob("app", layer.text()));
    EXPECT_TRUE(registry.manifest("app", child));
}

TEST_F(Copy, OnePlatformIsItsManifest) {
    FakeRegistry registry({});
    auto images = std::vector{image("two", "amd64"), image("two", "arm64")};
    ASSERT_OK(put(images, place(registry, "app:1")));
    auto arm = Platform::parse("arm64").value();
    auto done = copied(place(registry, "app:1"), place(registry, "app:arm"), arm);
    ASSERT_OK(done);
    EXPECT_EQ(done->digest, digest_of({images[1]}));
    expect_error(copied(place(registry, "app:arm"), place("oci", "x"), Platform::parse("amd64").value()),
                 ErrorCode::not_found, HasSubstr("is for linux/arm64"));
    expect_error(copied(place(registry, "app:1"), place("docker-archive", "x.tar")), ErrorCode::usage,
                 HasSubstr("--platform"));
    ASSERT_OK(copied(place(registry, "app:1"), place("docker-archive", "x.tar:app:1"), arm));
    ASSERT_OK(copied(place(registry, "app:1"), place("dir", "root"), arm));
    EXPECT_EQ(slurp(m_scratch / "root/b"), "two");
    // Back from where there is no manifest: one is made, and the configuration stays what it was.
    ASSERT_OK(copied(place("docker-archive", "x.tar"), place(registry, "back:1")));
    auto back = open_image(place(registry, "back:1"), {}, *m_registries);
    ASSERT_OK(back);
    EXPECT_EQ(back->config, config_json(images[1]));
    expect_error(copied(place("dir", "root"), place(registry, "x")), ErrorCode::usage, HasSubstr("is no image"));
}

TEST_F(Copy, DockersKindsStayWhatTheyAre) {
    FakeRegistry registry({});
    auto made = image();
    ASSERT_OK(put({made}, place(registry, "app:oci")));
    auto config = config_json(made);
    auto text =
        manifest_json(made, {std::string(media_type::config), sha256(config), config.size()}, MediaTypes::docker);
    constexpr std::string_view manifest = "application/vnd.docker.distribution.manifest.v2+json";
    constexpr std::string_view list = "application/vnd.docker.distribution.manifest.list.v2+json";
    auto digest = registry.add_manifest("app", "", std::string(manifest), text);
    auto index = fmt::format(
        R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{{"mediaType":"{}","digest":"{}","size":{},"platform":{{"os":"linux","architecture":"amd64"}}}}]}})",
        list, manifest, digest, text.size());
    registry.add_manifest("app", "1", std::string(list), index);
    auto done = copied(place(registry, "app:1"), place("oci", "out:x"));
    ASSERT_OK(done);
    EXPECT_EQ(done->digest, sha256(index));
    ASSERT_OK(copied(place("oci", "out:x"), place(registry, "app:2")));
    EXPECT_EQ(registry.manifest("app", "2")->type, list);
    EXPECT_EQ(registry.manifest("app", "2")->bytes, index);
    ASSERT_OK(copied(place(registry, "app:2"), place("docker-archive", "x.tar")));
}

TEST_F(Copy, LayersOfTheCacheMoveNoBytes) {
    FakeRegistry registry({});
    ASSERT_OK(put({image()}, place(registry, "app:1")));
    ASSERT_OK(copied(place(registry, "app:1"), place("oci", "one:x")));
    EXPECT_EQ(fetched(registry), 3u);  // two layers and the configuration
    new_run();
    ASSERT_OK(copied(place(registry, "app:1"), place("oci", "two:x")));
    EXPECT_EQ(fetched(registry), 3u);
}

TEST_F(Copy, BetweenRegistriesOnlyWhatIsMissingIsFetched) {
    FakeRegistry first({}), second({});
    ASSERT_OK(put({image("three")}, place(second, "app:0")));
    ASSERT_OK(put({image("two")}, place(first, "app:1")));
    ASSERT_OK(copied(place(first, "app:1"), place(second, "app:1")));
    EXPECT_EQ(fetched(first), 2u);  // the second layer and the configuration
    // Within one registry nothing is.
    forget_cache();
    new_run();
    auto sent = first.count("PUT", "/blobs/uploads/");
    ASSERT_OK(copied(place(first, "app:1"), place(first, "other:1")));
    EXPECT_EQ(fetched(first), 2u);
    EXPECT_EQ(first.count("PUT", "/blobs/uploads/"), sent);
    EXPECT_EQ(first.count("POST", "from=app"), 3u);
}

TEST_F(Copy, WhatWasListedBeforeIsNotFetched) {
    FakeRegistry registry({});
    ASSERT_OK(put({image()}, place(registry, "app:1")));
    ThreadPool pool(2);
    auto list = [&]() -> Result<std::size_t> {
        new_run();
        auto opened = TRY(open_image(place(registry, "app:1"), {}, *m_registries));
        return TRY(list_layers(opened.image, everything, m_cache, pool)).size();
    };
    EXPECT_EQ(*list(), 2u);
    EXPECT_EQ(fetched(registry), 3u);
    std::filesystem::remove_all(m_scratch / "cache/blobs");  // the records stay
    EXPECT_EQ(*list(), 2u);
    EXPECT_EQ(fetched(registry), 4u);  // the configuration alone
}

TEST_F(Copy, InspectsWithoutLayers) {
    FakeRegistry registry({});
    auto images = std::vector{image("two", "amd64"), image("two", "arm64")};
    ASSERT_OK(put(images, place(registry, "app:1")));
    auto all = inspect(place(registry, "app:1"), {}, *m_registries);
    ASSERT_OK(all);
    EXPECT_EQ(all->platforms.size(), 2u);
    EXPECT_FALSE(all->image);
    auto one = inspect(place(registry, "app:1"), Platform::parse("arm64").value(), *m_registries);
    ASSERT_OK(one);
    ASSERT_TRUE(one->image);
    EXPECT_EQ(one->image->name, digest_of({images[1]}));
    EXPECT_EQ(fetched(registry), 1u);
}

TEST_F(Copy, IndexesOfIndexesEnd) {
    FakeRegistry registry({});
    std::string text = small_index();
    for (int depth = 0; depth < 6; ++depth) {
        auto digest = registry.add_manifest("app", "1", std::string(media_type::index), text);
        text = fmt::format(
            R"({{"schemaVersion":2,"mediaType":"{0}","manifests":[{{"mediaType":"{0}","digest":"{1}","size":{2}}}]}})",
            media_type::index, digest, text.size());
    }
    expect_error(copied(place(registry, "app:1"), place("oci", "x")), ErrorCode::limit, HasSubstr("deeper than 4"));
}

}  // namespace
}  // namespace pith::oci::registry
